import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/api/client.ts';
import { readHistory } from '../../src/node/network/change/schema.ts';
import { eventually, make, mustMake, NetworkWorld, plan, readState } from './network-world.ts';

let world: NetworkWorld;
let connection: Connection;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 6, nodeIni: 'network_evidence_seconds = 5\n' });
  await world.startController();
  connection = await world.connect();
  await mustMake(connection, {
    kind: 'setAddress',
    link: 'em01',
    address: '192.0.2.4',
    netmask: '24',
    gateway: '192.0.2.1',
  });
});
afterAll(async () => {
  connection?.close();
  await world?.end();
});

const sh = (script: string) => world.inside('sh', '-c', script);
const words = async (...given: Parameters<typeof plan>) =>
  (await plan(...given)).steps.map((step) => step.words.en).join('\n');
const addressOf = (link: string) => sh(`ip -br -4 a show ${link}`);
const activeOn = async (link: string) =>
  (await world.inside('nmcli', '-g', 'GENERAL.CONNECTION', 'd', 'show', link)).trim();

describe('one profile serves several NICs', () => {
  beforeAll(async () => {
    await sh(`nmcli c add type ethernet con-name wired ifname "*" connection.multi-connect 3 \
      connection.autoconnect no connection.autoconnect-priority 5 ipv4.method manual ipv4.addresses 203.0.113.77/24 ipv4.route-metric 77 ipv6.method disabled
      nmcli c up wired ifname em02; nmcli c up wired ifname em03`);
  });

  test('a change of one plans no rename, and says that it gets a profile of its own', async () => {
    const change = { kind: 'setAddress' as const, link: 'em02', address: '198.51.100.7', netmask: '24' };
    const steps = await words(connection, change);
    expect(steps).toContain(
      'Set em02 in a profile of its own ("wired" stays for the others): 198.51.100.7/24',
    );
    expect(steps).not.toMatch(/Rename|em03/);
  });

  test('made, the shared profile and the other NIC are as they were, and what it said goes along', async () => {
    const shared = () => sh('grep -v timestamp /etc/NetworkManager/system-connections/wired*');
    const before = await shared();
    const other = await addressOf('em03');
    await mustMake(connection, { kind: 'setAddress', link: 'em02', address: '198.51.100.7', netmask: '24' });
    expect(await addressOf('em02')).toContain('198.51.100.7/24');
    expect(await addressOf('em03')).toBe(other);
    expect([await activeOn('em02'), await activeOn('em03')]).toEqual(['em02', 'wired']);
    expect(await shared()).toBe(before);
    const fields = 'ipv4.route-metric,connection.multi-connect,connection.autoconnect-priority';
    expect(
      (await world.inside('nmcli', '-g', fields, 'c', 'show', 'em02')).trim().split('\n').sort(),
    ).toEqual(['0', '6', '77'].sort());
  });

  test('the own profile is what a NetworkManager that starts anew takes', async () => {
    await world.restartNetworkManager();
    await eventually('em02 again', async () => (await activeOn('em02')) === 'em02');
  });

  test('a change that is taken back leaves the shared profile active on it', async () => {
    const address = { address: '203.0.113.9', netmask: '24', gateway: '203.0.113.1' };
    const { job } = await make(connection, { kind: 'setAddress', link: 'em03', ...address });
    expect(job.fault?.kind).toBe('failed');
    expect(await activeOn('em03')).toBe('wired');
    expect(await sh('nmcli -g NAME c')).not.toMatch(/^em03$/m);
  });
});

describe('two NICs have one MAC address', () => {
  beforeAll(() => sh('ip link set em04 address 52:54:00:00:00:05; ip link set em04 up; ip link set em05 up'));

  test('a change of either is about that one alone', async () => {
    for (const link of ['em05', 'em04']) {
      const change = { kind: 'setAddress' as const, link, address: '198.51.100.44', netmask: '24' };
      const steps = await words(connection, change);
      expect(steps).toContain(`Set ${link}: 198.51.100.44/24`);
      expect(steps).not.toMatch(/Rename/);
    }
    await mustMake(connection, { kind: 'setAddress', link: 'em05', address: '198.51.100.55', netmask: '24' });
    await mustMake(connection, { kind: 'setAddress', link: 'em04', address: '198.51.100.44', netmask: '24' });
    expect(await addressOf('em05')).toContain('198.51.100.55/24');
    expect(await addressOf('em04')).toContain('198.51.100.44/24');
  });

  test('neither gets a name that the next boot would give to both', async () => {
    const change = { kind: 'rename' as const, from: 'em04', to: 'lan01' };
    await expect(plan(connection, change)).rejects.toThrow('em04 and em05 have one MAC address');
  });

  test('going back finds each by its name', async () => {
    const [, before] = await connection.call(readHistory, {});
    const steps = await words(connection, { kind: 'restore', id: before?.id ?? 0 });
    expect(steps).toContain('Set em04: no address');
    expect(steps).not.toMatch(/Rename|em05/);
  });
});

describe('what others own', () => {
  let before: number;
  beforeAll(async () => {
    const [last] = await connection.call(readHistory, {});
    before = last?.id ?? 0;
    await sh(`ip link add docker0 type bridge; ip addr add 172.17.0.1/16 dev docker0; ip link set docker0 up
      ip link add veth0 type veth peer name veth1; ip link set veth0 master docker0; ip link set veth0 up
      ip link set veth1 up`);
    await eventually('shown', async () =>
      (await sh('nmcli -t -f DEVICE,STATE d')).includes('docker0:connected'),
    );
  });

  test('is shown', async () => {
    const { links } = await readState(connection);
    const docker = links.find(({ name }) => name === 'docker0');
    expect(docker).toMatchObject({ kind: 'bridge', addresses: ['172.17.0.1/16'], active: false });
    expect(docker?.uuid).toBeUndefined();
    expect(links.find(({ name }) => name === 'veth0')?.kind).toBe('other');
  });

  test.each([
    { kind: 'deleteBridge', name: 'docker0' },
    { kind: 'setAddress', link: 'docker0', address: '172.17.0.2', netmask: '16' },
    { kind: 'createVlan', parent: 'docker0', id: 9 },
  ] as const)('%j is refused', async (change) => {
    await expect(plan(connection, change)).rejects.toThrow(/belongs to another program/);
  });

  const facts = () => sh('ip -br a show docker0; ip -br link show veth0; bridge link show dev veth0');

  test('is in no state that is kept, and going back leaves it alone', async () => {
    const found = await facts();
    await mustMake(connection, { kind: 'setAddress', link: 'em06', address: '198.51.100.66', netmask: '24' });
    const history = await connection.call(readHistory, {});
    expect(JSON.stringify(history)).not.toMatch(/docker0|veth0/);
    const change = { kind: 'restore' as const, id: before };
    expect(await words(connection, change)).not.toMatch(/docker0|veth0/);
    await mustMake(connection, change);
    expect(await facts()).toBe(found);
    expect(await sh('ls /etc/NetworkManager/system-connections')).not.toMatch(/docker0/);
  });

  test('it is gone: going back to a state of that time does not make it', async () => {
    const [last] = await connection.call(readHistory, {});
    await mustMake(connection, { kind: 'setAddress', link: 'em06', address: '198.51.100.67', netmask: '24' });
    await sh('ip link del docker0');
    const steps = await words(connection, { kind: 'restore', id: last?.id ?? 0 });
    expect(steps).not.toMatch(/docker0/);
    expect(steps).toMatch(/em06/);
  });
});

describe('a NIC was given its address by hand', () => {
  beforeAll(async () => {
    await sh('nmcli c delete em06');
    // NetworkManager takes the old address away when it lets go of the NIC.
    await eventually('let go', async () =>
      /^em06:disconnected$/m.test(await sh('nmcli -t -f DEVICE,STATE d')),
    );
    await sh('ip addr add 198.51.100.90/24 dev em06; ip link set em06 up');
    await eventually('shown', async () => (await activeOn('em06')) === 'em06');
  });

  test("it is the node's own, and comes back as it was when a change is taken back", async () => {
    const { links } = await readState(connection);
    const nic = links.find(({ name }) => name === 'em06');
    expect(nic).toMatchObject({ kind: 'physical', managed: true, addresses: ['198.51.100.90/24'] });
    expect(nic?.uuid).toBeUndefined();
    const wrong = { address: '198.51.100.91', netmask: '24', gateway: '198.51.100.1' };
    const { job } = await make(connection, { kind: 'setAddress', link: 'em06', ...wrong });
    expect(job.fault?.words.en).toMatch(/^taken back: after 5 s/);
    expect(await addressOf('em06')).toMatch(/UP\s+198\.51\.100\.90\/24 *\n$/);
  });

  test('a change gives it a profile', async () => {
    const address = { address: '198.51.100.91', netmask: '24' };
    await mustMake(connection, { kind: 'setAddress', link: 'em06', ...address });
    expect(await addressOf('em06')).toMatch(/UP\s+198\.51\.100\.91\/24 *\n$/);
    expect(await sh('ls /etc/NetworkManager/system-connections')).toContain('em06');
  });
});

test('a profile copied with its uuid: the change is of the one NIC, renames nothing and leaves the copy', async () => {
  await mustMake(connection, { kind: 'setAddress', link: 'em06', address: '198.51.100.61', netmask: '24' });
  const folder = '/etc/NetworkManager/system-connections';
  await sh(`file=$(nmcli -t -f DEVICE,FILENAME c show --active | sed -n s/^em06://p)
    sed 's/^id=.*/id=copy/; s/em06/em05/g' "$file" > ${folder}/copy.nmconnection; chmod 600 ${folder}/copy.nmconnection
    touch -d '1 minute' ${folder}/copy.nmconnection; nmcli c reload`);
  // Of two files with one uuid NetworkManager takes the newer one.
  expect(await activeOn('em06')).toBe('copy');
  const copy = await sh(`cat ${folder}/copy.nmconnection`);
  const other = await addressOf('em05');
  const change = { kind: 'setAddress' as const, link: 'em06', address: '198.51.100.62', netmask: '24' };
  expect(await words(connection, change)).toContain(
    'Set em06 in a profile of its own ("copy" stays for the others)',
  );
  await mustMake(connection, change);
  expect(await addressOf('em06')).toContain('198.51.100.62/24');
  expect(await addressOf('em05')).toBe(other);
  expect(await sh(`cat ${folder}/copy.nmconnection`)).toBe(copy);
  await sh(`rm ${folder}/copy.nmconnection; nmcli c reload`);
});
