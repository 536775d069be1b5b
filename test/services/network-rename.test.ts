import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/api/client.ts';
import type { ChangeInput } from '../../src/node/network/change/schema/change.ts';
import type { PendingChange } from '../../src/node/network/change/schema/pending.ts';
import { readHistory, takeBackChange } from '../../src/node/network/change/schema.ts';
import { eventually, make, mustMake, NetworkWorld, onceConfirming, plan } from './network-world.ts';

/** With a real udev: a NIC that gets a new name keeps its old one as an alternative, which the kernel gives to no other. */

const INI = 'network_evidence_seconds = 5\nnetwork_countdown_seconds = 10\n';

let world: NetworkWorld;
let connection: Connection;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 5, nodeIni: INI, udev: true });
  await world.startController();
  connection = await world.connect();
  await mustMake(connection, {
    kind: 'setAddress',
    link: 'em01',
    address: '192.0.2.4',
    netmask: '24',
    gateway: '192.0.2.1',
  });
  await mustMake(connection, { kind: 'setAddress', link: 'em04', address: '203.0.113.4', netmask: '24' });
  await mustMake(connection, { kind: 'createBridge', link: 'em04' });
}, 300_000);
afterAll(async () => {
  connection?.close();
  await world?.end();
});

/** Names, addresses, ports and routes in the kernel, and what is on the disk. */
const facts = (): Promise<string> =>
  world.inside(
    'sh',
    '-c',
    "ip -br -4 a | sort; ip -4 route | sed 's/ metric.*//' | sort; grep -H . /sys/class/net/*/master/uevent | grep INTERFACE | sort; cd /etc/NetworkManager/system-connections; grep -v timestamp * | sort; ls /run/NetworkManager/system-connections",
  );

/** What was taken back is in the history too. */
const lastKept = async () =>
  (await connection.call(readHistory, {})).find(({ failed }) => failed === undefined);

const altnames = async (link: string): Promise<string[]> =>
  JSON.parse(await world.inside('ip', '-j', 'link', 'show', 'dev', link))[0].altnames ?? [];

/** udev has done its part. */
const hasAltname = (link: string, name: string) =>
  eventually(`${name} as an alternative name`, async () => (await altnames(link)).includes(name));

const NICS = [
  ['the management NIC', 'em01'],
  ['a port of a bridge', 'em04'],
] as const;

describe.each(NICS)('%s gets its old name back', (_, nic) => {
  const change: ChangeInput = { kind: 'rename', from: nic, to: 'front' };

  /** Made up to the question, and udev has done its part; then `then`. */
  async function renamed(then: (pending: PendingChange) => void): Promise<string> {
    let asked: Promise<void> | undefined;
    const { job } = await make(connection, change, {
      unattended: false,
      onPending: (pending) => {
        if (pending.phase !== 'confirming') return;
        asked ??= hasAltname('front', nic).then(() => then(pending));
        asked.catch(() => {});
      },
    });
    await asked;
    return job.fault?.words.en ?? 'kept';
  }

  test('when nobody confirms', async () => {
    const before = await facts();
    expect(await renamed(() => {})).toBe('taken back: nobody confirmed it in time');
    expect(await facts()).toBe(before);
  });

  test('when it is refused', async () => {
    const before = await facts();
    const refuse = ({ id }: PendingChange) => void connection.call(takeBackChange, { id });
    expect(await renamed(refuse)).toBe('taken back as asked');
    expect(await facts()).toBe(before);
  });

  test('by another rename, after it was kept', async () => {
    const before = await facts();
    await mustMake(connection, change);
    expect(await altnames('front')).toEqual([]);
    await world.inside('ip', 'link', 'property', 'add', 'dev', 'front', 'altname', nic);
    await mustMake(connection, { kind: 'rename', from: 'front', to: nic });
    expect(await facts()).toBe(before);
  });

  test('from the history, after it was kept', async () => {
    const before = await facts();
    const state = await lastKept();
    await mustMake(connection, change);
    expect(await altnames('front')).toEqual([]);
    await world.inside('ip', 'link', 'property', 'add', 'dev', 'front', 'altname', nic);
    await mustMake(connection, { kind: 'restore', id: state?.id ?? 0 });
    expect(await facts()).toBe(before);
  });
});

test('two NICs that swapped their names swap back', async () => {
  const before = await facts();
  const macs = () => world.inside('sh', '-c', 'cd /sys/class/net; grep . em02/address em05/address');
  const [was, state] = [await macs(), await lastKept()];
  await mustMake(connection, { kind: 'setAddress', link: 'em02', address: '203.0.113.2', netmask: '24' });
  await mustMake(connection, { kind: 'setAddress', link: 'em05', address: '203.0.113.5', netmask: '24' });
  const kept = await lastKept();
  for (const [from, to] of [
    ['em02', 'front'],
    ['em05', 'em02'],
    ['front', 'em05'],
  ] as const)
    await mustMake(connection, { kind: 'rename', from, to });
  expect(await facts()).toMatch(/^em05\S*\s+UP\s+203\.0\.113\.2/m);
  await mustMake(connection, { kind: 'restore', id: kept?.id ?? 0 });
  expect(await macs()).toBe(was);
  expect(await facts()).toMatch(/^em02\S*\s+UP\s+203\.0\.113\.2/m);
  await mustMake(connection, { kind: 'restore', id: state?.id ?? 0 });
  await mustMake(connection, { kind: 'clearAddress', link: 'em02' }).catch(() => {});
  expect((await facts()).replace(/em0[25].*\n/g, '')).toBe(before.replace(/em0[25].*\n/g, ''));
});

describe('an alternative name', () => {
  beforeAll(async () => {
    await world.inside('ip', 'link', 'property', 'add', 'dev', 'em05', 'altname', 'slot5');
  });

  test.each<[string, ChangeInput]>([
    ['a NIC', { kind: 'rename', from: 'em01', to: 'slot5' }],
    ['a bond', { kind: 'createBond', name: 'slot5', mode: 'active-backup', members: ['em05'] }],
    ['a VLAN', { kind: 'createVlan', parent: 'em01', id: 5, name: 'slot5' }],
    ['a bridge', { kind: 'createBridge', link: 'em01', name: 'slot5' }],
  ])('is taken for %s', async (_, change) => {
    await expect(plan(connection, change)).rejects.toThrow('"slot5" is an alternative name of em05');
  });

  test('tells which link is meant', async () => {
    const change: ChangeInput = { kind: 'setAddress', link: 'slot5', method: 'dhcp' };
    await expect(plan(connection, change)).rejects.toThrow('"slot5" is an alternative name of em05');
  });

  test('that becomes the name is there again when it is taken back', async () => {
    const refuse = onceConfirming((id) => connection.call(takeBackChange, { id }));
    const change: ChangeInput = { kind: 'rename', from: 'em05', to: 'slot5' };
    const { job } = await make(connection, change, { unattended: false, onPending: refuse });
    expect(job.fault?.words.en).toBe('taken back as asked');
    expect(await altnames('em05')).toEqual(['slot5']);
  });
});

test("a NIC that a rule of udev's takes from NetworkManager is named with the rule, and left alone", async () => {
  const rule = '/run/udev/rules.d/99-leave.rules';
  await world.inside(
    'sh',
    '-c',
    `echo 'SUBSYSTEM=="net", KERNEL=="em03", ENV{NM_UNMANAGED}="1"' > ${rule}; udevadm control --reload; udevadm trigger /sys/class/net/em03; udevadm settle -t 20
    rm -f /run/NetworkManager/devices/*`,
  );
  const change: ChangeInput = { kind: 'setAddress', link: 'em03', address: '198.51.100.3', netmask: '24' };
  // It looks when it comes to know the NIC.
  await world.restartNetworkManager();
  await eventually('unmanaged', () =>
    plan(connection, change).then(
      () => undefined,
      ({ words }) => words.en === `em03 is not managed by NetworkManager: ${rule}:1: NM_UNMANAGED=1`,
    ),
  );
});
