import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/api/client.ts';
import type { ChangeInput } from '../../src/node/network/change/schema/change.ts';
import type { PendingChange } from '../../src/node/network/change/schema/pending.ts';
import { keepChange, readHistory, takeBackChange } from '../../src/node/network/change/schema.ts';
import { NetworkManager } from '../../src/system/networkmanager/manager.ts';
import {
  eventually,
  make,
  mustMake,
  NetworkWorld,
  onceConfirming,
  plan,
  readState,
} from './network-world.ts';

/** Seconds: evidence, and the countdown that follows from it. */
const EVIDENCE = 5;
const COUNTDOWN = EVIDENCE + 15;
const INI = `network_evidence_seconds = ${EVIDENCE}\nnetwork_countdown_seconds = ${COUNTDOWN}\n`;
const MANAGED: ChangeInput = {
  kind: 'setAddress',
  link: 'em01',
  address: '192.0.2.4',
  netmask: '255.255.255.0',
  gateway: '192.0.2.1',
};

let world: NetworkWorld;
let connection: Connection;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 3, nodeIni: INI });
  await world.startController();
  connection = await world.connect();
  await mustMake(connection, MANAGED);
});
afterAll(async () => {
  connection?.close();
  await world?.end();
});

/** What the kernel and the disk say, for a comparison of before and after. */
async function facts(): Promise<string> {
  const script =
    "ip -br -4 a | sort; ip -4 route | sed 's/ metric.*//' | sort; bridge link | sed 's/state.*//'; cd /etc/NetworkManager/system-connections; grep -v timestamp * | sort; ls /run/NetworkManager/system-connections";
  return world.inside('sh', '-c', script);
}

const pingNode = async (address: string): Promise<boolean> =>
  / 1 received/.test(await world.far('ping', '-n', '-c', '1', '-W', '1', address));

async function reconnect(): Promise<void> {
  connection.close();
  await world.startController();
  connection = await world.connect();
}

describe('a change that is kept', () => {
  test('is what the kernel has, what the disk has, and what a restarted NetworkManager has', async () => {
    expect(await facts()).toMatch(/em01@\S+\s+UP\s+192\.0\.2\.4\/24/);
    expect(await world.inside('sh', '-c', 'cat /etc/NetworkManager/system-connections/em01*')).toContain(
      'address1=192.0.2.4/24,192.0.2.1',
    );
    expect(await pingNode('192.0.2.4')).toBe(true);
    await world.restartNetworkManager();
    await eventually('address again', async () => (await facts()).includes('192.0.2.4/24'));
  });

  test('moves the address onto a bridge, and back', async () => {
    await mustMake(connection, { kind: 'createBridge', link: 'em01' });
    expect(await facts()).toMatch(/br_em01\s+UP\s+192\.0\.2\.4\/24/);
    expect((await readState(connection)).management).toBe('br_em01');
    await mustMake(connection, { kind: 'deleteBridge', name: 'br_em01' });
    expect(await facts()).not.toContain('br_em01');
    expect(await facts()).toMatch(/em01@\S+\s+UP\s+192\.0\.2\.4\/24/);
  });

  test('renames a NIC that is in use, for the next boot too', async () => {
    await mustMake(connection, { kind: 'rename', from: 'em01', to: 'mgmt01' });
    expect(await facts()).toMatch(/mgmt01@\S+\s+UP\s+192\.0\.2\.4\/24/);
    expect((await readState(connection)).management).toBe('mgmt01');
    await mustMake(connection, { kind: 'rename', from: 'mgmt01', to: 'em01' });
  });

  test('is in the history, and an earlier state comes back', async () => {
    await mustMake(connection, { kind: 'setAddress', link: 'em02', address: '198.51.100.7', netmask: '24' });
    const [latest, before] = await connection.call(readHistory, {});
    expect(latest?.difference.join('\n')).toContain('em02: 198.51.100.7/24');
    await mustMake(connection, { kind: 'restore', id: before?.id ?? 0 });
    expect(await facts()).not.toContain('198.51.100.7');
  });

  test('can be confirmed by another session', async () => {
    const other = await world.connect();
    const onPending = onceConfirming((id) => other.call(keepChange, { id }));
    const { job } = await make(
      connection,
      { ...MANAGED, address: '192.0.2.5' },
      { unattended: false, onPending },
    );
    expect(job.fault).toBeUndefined();
    expect(await facts()).toContain('192.0.2.5/24');
    other.close();
    await mustMake(connection, MANAGED);
  });
});

const wrongGateway: ChangeInput = { ...MANAGED, gateway: '192.0.2.99' };

describe('taken back by itself', () => {
  test.each<[string, ChangeInput, RegExp]>([
    ['a gateway that does not answer', wrongGateway, /gateway 192\.0\.2\.99 on em01: does not answer ARP/],
    [
      'a gateway, on a bridge',
      { kind: 'createBridge', link: 'em01', address: '192.0.2.6', netmask: '24', gateway: '192.0.2.98' },
      /192\.0\.2\.98/,
    ],
  ])('%s', async (_, change, reason) => {
    const before = await facts();
    const { job } = await make(connection, change);
    expect(job.fault?.words.en).toMatch(reason);
    expect(await facts()).toBe(before);
  });

  test('an address that somebody else has', async () => {
    const before = await facts();
    const { job } = await make(connection, {
      kind: 'setAddress',
      link: 'em02',
      address: '192.0.2.1',
      netmask: '24',
    });
    expect(job.fault?.words.en).toMatch(/192\.0\.2\.1 is in use by/);
    expect(await facts()).toBe(before);
  });

  test('when nobody confirms', async () => {
    const before = await facts();
    let confirming = 0;
    let over = 0;
    const onPending = ({ phase }: PendingChange) => {
      if (phase === 'confirming') confirming ||= performance.now();
      else if (confirming > 0) over ||= performance.now();
    };
    const change: ChangeInput = { ...MANAGED, address: '192.0.2.8' };
    const { job } = await make(connection, change, { unattended: false, onPending });
    expect(job.fault?.words.en).toBe('taken back: nobody confirmed it in time');
    expect((over - confirming) / 1000).toBeLessThan(COUNTDOWN + 5);
    expect(over).toBeGreaterThan(confirming);
    expect(await facts()).toBe(before);
  });

  test('when it is asked for', async () => {
    const before = await facts();
    const onPending = onceConfirming((id) => connection.call(takeBackChange, { id }));
    const { job } = await make(
      connection,
      { kind: 'createBridge', link: 'em01' },
      { unattended: false, onPending },
    );
    expect(job.fault?.words.en).toBe('taken back as asked');
    expect(await facts()).toBe(before);
  });

  test('when the cable is out', async () => {
    const before = await facts();
    const started = make(
      connection,
      { ...MANAGED, gateway: '', address: '192.0.2.11' },
      {
        onPending: ({ phase }) => {
          if (phase === 'applying') void world.far('ip', 'link', 'set', 'far1', 'down');
        },
      },
    );
    const { job } = await started;
    await world.far('ip', 'link', 'set', 'far1', 'up');
    expect(job.fault?.words.en).toMatch(/carrier on em01: no carrier/);
    await eventually('as before', async () => (await facts()) === before);
  });

  test.each<[string, ChangeInput]>([
    ['the address', { ...MANAGED, address: '192.0.2.9' }],
    ['a bridge', { kind: 'createBridge', link: 'em01' }],
    ['a name', { kind: 'rename', from: 'em01', to: 'mgmt01' }],
  ])('when the controller is killed while %s waits', async (_, change) => {
    const before = await facts();
    const killed = new Promise<void>((resolve) => {
      void make(connection, change, {
        unattended: false,
        onPending: ({ phase }) => {
          if (phase === 'confirming') void world.killController().then(resolve);
        },
      }).catch(() => {});
    });
    await killed;
    expect(await facts()).not.toBe(before);
    await reconnect();
    expect(await facts()).toBe(before);
    expect(await pingNode('192.0.2.4')).toBe(true);
    const [latest, ...others] = await connection.call(readHistory, {});
    const failed = { en: 'the controller ended while it was made: taken back' };
    expect(latest).toMatchObject({ id: 0, why: 'test', failed });
    expect(latest?.difference).not.toEqual([]);
    expect(others.filter(({ time }) => time === latest?.time)).toEqual([]);
  });

  test('when the controller is asked to end, and at once', async () => {
    const before = await facts();
    let start = 0;
    const stopped = new Promise<void>((resolve) => {
      void make(
        connection,
        { ...MANAGED, address: '192.0.2.12' },
        {
          unattended: false,
          onPending: ({ phase }) => {
            if (phase !== 'confirming') return;
            start ||= performance.now();
            void world.stopController().then(resolve);
          },
        },
      ).catch(() => {});
    });
    await stopped;
    expect((performance.now() - start) / 1000).toBeLessThan(COUNTDOWN - 5);
    expect(await facts()).toBe(before);
    await reconnect();
  });

  test('or kept, never half, when the controller is killed while it keeps', async () => {
    for (const address of ['192.0.2.21', '192.0.2.22', '192.0.2.23']) {
      const before = await facts();
      const killed = new Promise<void>((resolve) => {
        void make(
          connection,
          { kind: 'createBridge', link: 'em01', address, netmask: '24', gateway: '192.0.2.1' },
          {
            onPending: ({ phase }) => {
              if (phase === 'keeping') void world.killController().then(resolve);
            },
          },
        ).catch(() => {});
      });
      await killed;
      await reconnect();
      const after = await facts();
      if (after === before) continue;
      expect(after).toMatch(new RegExp(`br_em01\\s+UP\\s+${address}/24`));
      expect(after).toMatch(/interface-name=br_em01/);
      // The list of what is in memory only: the port's profile of before is not left there.
      expect(after).not.toMatch(/^em01\.nmconnection$/m);
      await mustMake(connection, { kind: 'deleteBridge', name: 'br_em01' });
      await mustMake(connection, MANAGED);
    }
  });

  test.each<[string, ChangeInput]>([
    ['the address', { ...MANAGED, address: '192.0.2.10' }],
    ['a bridge', { kind: 'createBridge', link: 'em01' }],
  ])('when NetworkManager dies while %s waits', async (_, change) => {
    const before = await facts();
    let restarted: Promise<void> | undefined;
    const { job } = await make(connection, change, {
      unattended: false,
      onPending: ({ phase }) => {
        if (phase === 'confirming') restarted ??= world.restartNetworkManager();
      },
    });
    await restarted;
    expect(job.fault?.words.en).toMatch(/NetworkManager does not run/);
    await eventually('as before', async () => (await facts()) === before);
    expect(await pingNode('192.0.2.4')).toBe(true);
  });
});

describe('what was there', () => {
  beforeAll(async () => {
    await world.inside(
      ...['nmcli', 'c', 'add', 'type', 'ethernet', 'con-name', 'Wired 3', 'ifname', 'em03'],
      ...['ipv4.method', 'manual', 'ipv4.addresses', '203.0.113.3/24', 'ipv4.dns-search', 'example.org'],
    );
    await world.inside('nmcli', '-w', '30', 'c', 'up', 'Wired 3');
  });

  test('a profile that somebody else made is adopted: same file, same UUID, its other settings kept', async () => {
    const uuid = (await world.inside('nmcli', '-g', 'connection.uuid', 'c', 'show', 'Wired 3')).trim();
    await mustMake(connection, { kind: 'setAddress', link: 'em03', address: '203.0.113.9', netmask: '24' });
    const files = await world.inside('grep', '-l', 'interface-name=em03', '-r', '/etc/NetworkManager');
    expect(files.trim().split('\n')).toEqual(['/etc/NetworkManager/system-connections/Wired 3.nmconnection']);
    const text = await world.inside('cat', '/etc/NetworkManager/system-connections/Wired 3.nmconnection');
    expect(text).toContain(`uuid=${uuid}`);
    expect(text).toContain('dns-search=example.org');
    expect(text).toContain('203.0.113.9/24');
  });

  test('a device that NetworkManager leaves alone is left alone', async () => {
    await world.inside('nmcli', 'd', 'set', 'em02', 'managed', 'no');
    const { job } = await make(connection, { kind: 'setAddress', link: 'em02', method: 'dhcp' });
    expect(job.fault?.words.en).toBe('em02 is not managed by NetworkManager');
    await world.inside('nmcli', 'd', 'set', 'em02', 'managed', 'yes');
  });

  test('a profile that the change does not name is not taken back with it', async () => {
    const before = await world.inside('sh', '-c', 'ls /etc/NetworkManager/system-connections');
    const { job } = await make(connection, wrongGateway);
    expect(job.fault?.kind).toBe('failed');
    expect(await world.inside('sh', '-c', 'ls /etc/NetworkManager/system-connections')).toBe(before);
    expect(await facts()).toMatch(/em03\S* +UP +203\.0\.113\.[39]\/24/);
  });
});

test('without NetworkManager it says so', async () => {
  const before = process.env.DBUS_SYSTEM_BUS_ADDRESS;
  process.env.DBUS_SYSTEM_BUS_ADDRESS = `unix:path=${world.folder}/no-bus`;
  try {
    await expect(NetworkManager.open()).rejects.toMatchObject({ kind: 'unavailable' });
  } finally {
    if (before === undefined) delete process.env.DBUS_SYSTEM_BUS_ADDRESS;
    else process.env.DBUS_SYSTEM_BUS_ADDRESS = before;
  }
});

test('a plan changes nothing', async () => {
  const before = await facts();
  const { steps } = await plan(connection, { kind: 'createBridge', link: 'em01' });
  expect(steps.length).toBeGreaterThan(5);
  expect(await facts()).toBe(before);
});
