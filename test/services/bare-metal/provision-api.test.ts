import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchProcesses } from '../../screens/search.ts';
import { until } from '../servers.ts';
import { IpmiSim } from './ipmi-sim.ts';
import { madeUpMedium } from './made-up-medium.ts';
import { PxeApi, type Told } from './pxe-api.ts';
import { PxeWorld } from './pxe-world.ts';

const BMC = 'zqOtherBmcWord2';
const ROOT = 'zqOtherRootWord2';
const folder = madeUpMedium();
const world = new PxeWorld();
const api = new PxeApi(world);
let bmc: IpmiSim;
let mac = '';
let chassisUuid = '';

/** At the other end of the cable. */
const other = (command: string): string => world.sh(`ip netns exec other ${command}`);
const fetched = (url: string, options = ''): string =>
  other(`curl -s --max-time 10 -o /dev/null -w '%{http_code}' ${options} ${url}`);

beforeAll(async () => {
  await world.start(folder);
  world.sh('ip netns add other; ip link set cable netns other; ip -n other link set cable up');
  other('ip addr add 10.88.0.9/24 dev cable');
  mac = other('cat /sys/class/net/cable/address');
  const there = { enter: world.init.enter, root: world.init.root };
  bmc = new IpmiSim({ port: 623, users: { admin: BMC }, there });
  world.serve();
  await api.ready();
  const login = { ipmiAddress: '127.0.0.1', ipmiUsername: 'admin', ipmiPassword: BMC };
  chassisUuid = (await api.chassis('Create', { name: 'node 7', ...login })).inventory.uuid;
});
afterAll(async () => {
  await world.end();
  rmSync(folder, { recursive: true });
});

const cfg = (verb: string, fields: object): Promise<Told> =>
  api.bareMetal(`host.API${verb}BaremetalHostCfg`, fields);
const PROVISION = 'power.APIProvisionBaremetalHost';
const provision = (): Promise<Told> => api.bareMetal(PROVISION, { chassisUuid });

const status = async (): Promise<string> =>
  (await api.chassis('Query', { conditions: [{ name: 'uuid', op: '=', value: chassisUuid }] })).inventories[0]
    .status;
const cfgs = async (): Promise<Told[]> => (await cfg('Query', { conditions: [] })).inventories;
/** What is laid out for machines. */
const laid = (): string => world.sh("find /run/zs-pxe -name '*.ks' -o -path '*/machines/*'");
/** What the machine's loader is told, and the addresses of its kickstart and of its end. */
function menu() {
  const text = other(`curl -s --max-time 10 tftp://10.88.0.1/machines/${mac}`);
  const kickstart = /inst\.ks=(\S+)/.exec(text)?.[1] ?? '';
  const told = kickstart.replace('/ks/', '/installed/').replace('.ks', '');
  return { text, kickstart, told };
}
/** What the node's own list says: all that is told of machines, with times of which only the order is known. */
const listed = (): Told[] => JSON.parse(world.ctl(['machines', '--json']).out);
const asListed = (state: string) => ({
  origin: 'api',
  name: 'node-7',
  chassis: chassisUuid,
  installation: {
    role: 'compute',
    macs: [mac],
    addresses: ['10.88.0.7/24'],
    state,
    since: expect.any(Number),
  },
});
const nics = () => ({ nicCfgs: [{ mac, pxe: 'true', ip: '10.88.0.7', netmask: '255.255.255.0' }] });
const whole = () => ({ chassisUuid, password: ROOT, vnc: 'false', cfgItems: nics() });

test('a host configuration that cannot be is refused, with the field, and not kept', async () => {
  const wrong: [object, string, string][] = [
    [{ chassisUuid: 'x' }, 'BAREMETAL.1010', 'no chassis has the uuid x'],
    [{ password: undefined }, 'SYS.1007', 'field password: is needed'],
    [{ password: 'short' }, 'SYS.1007', 'field password: has fewer than 8 characters'],
    [{ password: 'two\nlines of it' }, 'SYS.1007', 'field password: must not contain a line break'],
    [{ cloneIso: 'true' }, 'PORTAL.1000', 'CreateBaremetalHostCfg cloneIso is known, not in this version'],
    [{ cfgItems: {} }, 'SYS.1007', 'field cfgItems: must not be empty'],
    [
      { cfgItems: { nicCfgs: [{ mac: 'x' }] } },
      'SYS.1007',
      'field cfgItems.nicCfgs.0.mac: is no MAC address',
    ],
    [{ cfgItems: { ...nics(), disks: 'sda' } }, 'SYS.1007', 'field cfgItems: unknown: disks'],
  ];
  for (const [fields, code, says] of wrong)
    expect((await cfg('Create', { ...whole(), ...fields })).error, says).toMatchObject({
      code,
      details: expect.stringContaining(says),
    });
  expect(await cfgs()).toEqual([]);
  expect((await cfg('Delete', { uuid: 'x' })).error).toMatchObject({ code: 'BAREMETAL.1200' });
});

test('what is missing for an installation is told, a thing at a time', async () => {
  expect((await provision()).error).toMatchObject({ code: 'BAREMETAL.1200' });
  const { inventory } = await cfg('Create', whole());
  expect(inventory).toMatchObject({ chassisUuid, vnc: false, unattended: true, cloneIso: false });
  expect(inventory.nicCfgs).toMatchObject([{ hostCfgUuid: inventory.uuid, mac, pxe: true, ip: '10.88.0.7' }]);
  expect(inventory.bondings).toEqual([]);
  expect(await cfgs()).toEqual([inventory]);
  const byMac = { conditions: [{ name: 'nicCfgs.mac', op: '=', value: mac }] };
  expect((await cfg('Query', byMac)).inventories).toEqual([inventory]);
  expect((await cfg('Create', whole())).error.details).toContain(`has one already: ${inventory.uuid}`);
  expect((await provision()).error).toMatchObject({ code: 'BAREMETAL.1400' });
  const { uuid } = (await api.pxe('Create', { name: 'lan', dhcpInterface: 'lan' })).inventory;
  await api.pxe('Stop', { uuid });
  expect((await provision()).error.details).toContain('"node 7" has something else than letters');
  await api.chassis('Update', { uuid: chassisUuid, name: 'node-7' });
  expect((await provision()).error).toMatchObject({ code: 'BAREMETAL.1401' });
  await api.pxe('Start', { uuid });
  expect(await status()).toBe('Unprovisioned');
  expect(laid()).toBe('');
  expect(world.ctl(['machines']).out).toBe('none; add one: add_machine\n');
});

test('a machine is installed, and says how far it is; its disks are not wiped again by mistake', async () => {
  const watch = watchProcesses([BMC, ROOT]);
  const began = Date.now();
  expect((await provision()).inventory).toMatchObject({ uuid: chassisUuid, status: 'Provisioning' });
  expect(bmc.told.slice(-2)).toEqual(['set boot pxe', 'set power 1']);
  const { kickstart, told } = menu();
  const waiting = listed();
  expect(waiting).toEqual([asListed('waiting')]);
  expect(waiting[0].installation.since).toBeGreaterThanOrEqual(began);
  const text = other(`curl -s --max-time 10 ${kickstart}`);
  expect(text).toMatch(/^network --hostname=node-7$/m);
  expect(text).toMatch(/^rootpw --iscrypted \$6\$/m);
  expect(text).toMatch(/--ip=10\.88\.0\.7 --netmask=255\.255\.255\.0/);
  expect(await status()).toBe('Provisioning');
  const installing = listed();
  expect(installing).toEqual([asListed('installing')]);
  expect(installing[0].installation.since).toBeGreaterThan(waiting[0].installation.since);
  expect(fetched(told, '-X POST')).toBe('200');
  expect(await status()).toBe('Provisioned');
  expect(listed()).toEqual([asListed('installed')]);
  expect((await provision()).error).toMatchObject({
    code: 'BAREMETAL.1304',
    details: expect.stringContaining('node-7 is installed already'),
  });
  expect(fetched(kickstart)).toBe('410');
  await api.chassis('Update', { uuid: chassisUuid, status: 'Unprovisioned' });
  expect((await provision()).inventory).toMatchObject({ status: 'Provisioning' });
  expect(bmc.told.slice(-2)).toEqual(['set boot pxe', 'set reset 1']);
  expect(menu().kickstart).not.toBe(kickstart);
  expect(watch.stop()).toBeGreaterThan(20);
  expect(watch.seen()).toEqual([]);
  const places = '/var/lib /var/log /run /usr/local/zstack /etc/zs-node';
  for (const word of [BMC, ROOT])
    expect(world.sh(`grep -rl '${word}' ${places} 2> /dev/null || true`)).toBe('');
});

test('the node lists it beside its own machines, and leaves what is done with it to the API', async () => {
  for (const words of [['remove_machine'], ['machine_power', '--order', 'off']])
    expect(world.ctl([...words, '--name', 'node-7'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/node-7 is installed over the API\n.*DeleteBaremetalHostCfg/),
    });
  expect(world.ctl(['remove_machine', '--name', 'node-9']).err).toContain('there is no machine node-9');
  const add = ['add_machine', '--name', 'node-10', '--address', '127.0.0.1', '--user', 'admin'];
  expect(world.ctl(add, { ZSTACK_BMC_PASSWORD: BMC })).toMatchObject({ code: 0 });
  const [first, second, last] = world.ctl(['machines']).out.split('\n');
  expect(first).toMatch(
    new RegExp(`^node-7 +API  ${mac} 10\\.88\\.0\\.7/24  compute node: waiting since [\\d-]{10} [\\d:]{5}$`),
  );
  expect(second).toMatch(/^node-10 +on +ipmi 127\.0\.0\.1:623 uefi$/);
  expect(last).toMatch(/^API: asked for, switched and removed over the API/);
  world.ctl(['remove_machine', '--name', 'node-10']);
});

test('its installation is cancelled at its node too, and asked for again over the API', async () => {
  const before = menu().kickstart;
  expect(world.ctl(['cancel_install', '--name', 'node-7'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^node-7 is installed no more\nThe cluster is not told/),
  });
  expect(laid()).toBe('');
  expect(fetched(before)).toBe('404');
  expect(world.ctl(['machines']).out).toMatch(/^none/);
  expect(world.ctl(['cancel_install', '--name', 'node-7']).err).toContain('there is no machine node-7');
  expect(await status()).toBe('Provisioning');
  expect((await provision()).inventory).toMatchObject({ status: 'Provisioning' });
  expect(menu().kickstart).not.toBe(before);
});

test('of one name or MAC address there is one machine, whoever asked for it', async () => {
  const add = ['add_machine', '--name', 'NODE-7', '--address', '127.0.0.1', '--user', 'admin'];
  expect(world.ctl(add, { ZSTACK_BMC_PASSWORD: BMC })).toMatchObject({ code: 0 });
  const install = (of: string) =>
    world.ctl(['install_machine', '--name', 'NODE-7', '--mac', of], { ZSTACK_ROOT_PASSWORD: ROOT });
  expect(install(mac).err).toContain(`${mac} is a NIC of node-7`);
  expect(install('52:54:00:00:00:77').err).toContain('another machine is installed as NODE-7');
  expect(listed()).toMatchObject([{ name: 'NODE-7', origin: 'node' }, asListed('waiting')]);
});

test('a host configuration that is deleted takes back what is laid out; so does its chassis', async () => {
  const [{ uuid } = { uuid: '' }] = await cfgs();
  expect((await cfg('Delete', { uuid })).success).toBe(true);
  expect(await status()).toBe('Unprovisioned');
  await until(async () => laid() === '' || undefined);
  const slaves = '52:54:00:00:00:01,52:54:00:00:00:02';
  const bondings = [{ slaves, mode: 4, ip: '192.0.2.7', netmask: '24' }];
  const { inventory } = await cfg('Create', { ...whole(), cfgItems: { nicCfgs: [{ mac }], bondings } });
  expect(inventory.bondings).toMatchObject([{ name: 'bond0', slaves, mode: '4', ip: '192.0.2.7' }]);
  expect((await provision()).success).toBe(true);
  const text = other(`curl -s --max-time 10 ${menu().kickstart}`);
  expect(text).toContain(`for mac in ${slaves.replace(',', ' ')}; do\n`);
  expect(text).toContain(
    '--bondopts=mode=802.3ad,miimon=100,lacp_rate=fast --bootproto=static --ip=192.0.2.7',
  );
  expect(text).toContain(`name=$(named ${mac}) || exit 1\n`);
  const login = { ipmiAddress: '127.0.0.1', ipmiUsername: 'admin', ipmiPassword: BMC };
  expect((await api.chassis('Delete', { uuid: chassisUuid })).success).toBe(true);
  expect(await cfgs()).toEqual([]);
  await until(async () => laid() === '' || undefined);
  expect(world.sh('ls /var/lib/zs-node/provisioned')).toBe('');
  expect(listed()).toMatchObject([{ name: 'NODE-7', origin: 'node' }]);
  chassisUuid = (await api.chassis('Create', { name: 'node-7', ...login })).inventory.uuid;
  expect((await provision()).error).toMatchObject({ code: 'BAREMETAL.1200' });
});

test.each(['management', 'controller'] as const)('killed in the midst, the %s goes on', async (program) => {
  if ((await cfgs()).length === 0) await cfg('Create', whole());
  await api.chassis('Update', { uuid: chassisUuid, status: 'Unprovisioned' });
  api.begin(PROVISION, { chassisUuid });
  world.kill(program);
  await api.ready();
  await until(async () => (await status()) === 'Provisioning' || undefined, 90);
  expect(fetched(menu().kickstart)).toBe('200');
});

test('a BMC that does not answer leaves nothing laid out', async () => {
  world.sh('kill -KILL $(pidof ipmi_sim)');
  const { error } = await provision();
  expect(error).toMatchObject({
    code: 'BAREMETAL.1304',
    details: expect.stringContaining('does not answer'),
  });
  expect(await status()).toBe('Unprovisioned');
  expect(laid()).toBe('');
});
