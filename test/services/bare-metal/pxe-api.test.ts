import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchProcesses } from '../../screens/search.ts';
import { IpmiSim, PLATE } from './ipmi-sim.ts';
import { madeUpMedium } from './made-up-medium.ts';
import { PxeApi, type Told } from './pxe-api.ts';
import { PxeWorld } from './pxe-world.ts';

const BMC = 'zqApiBmcWord3';
const folder = madeUpMedium();
const world = new PxeWorld();
const api = new PxeApi(world);
let bmc: IpmiSim;

beforeAll(async () => {
  await world.start(folder);
  world.sh('ip netns add other; ip link set cable netns other; ip -n other link set cable up');
  world.sh('ip -n other addr add 10.88.0.9/24 dev cable');
  bmc = new IpmiSim({
    port: 623,
    users: { admin: BMC },
    there: { enter: world.init.enter, root: world.init.root },
  });
  world.serve();
  await api.ready();
});
afterAll(async () => {
  await world.end();
  rmSync(folder, { recursive: true });
});

const power = (verb: string, chassisUuid: string): Promise<Told> =>
  api.bareMetal(`power.APIPower${verb}BaremetalHost`, { chassisUuid });

const hardware = async (): Promise<Told[]> =>
  (await api.bareMetal('hardwareinfo.APIQueryBaremetalHardwareInfo', { conditions: [] })).inventories;

const servers = async (): Promise<Told[]> => (await api.pxe('Query', { conditions: [] })).inventories;
const isActive = (): boolean => world.sh('systemctl is-active zs-pxe.service || true') === 'active';
const LAN = { name: 'lan', dhcpInterface: 'lan' };

test('a PXE server that cannot be is refused, with the field or what its node says, and not kept', async () => {
  const dhcp = '--port=0 --interface=cable --bind-interfaces --user=root -C /dev/null';
  world.sh(
    `ip netns exec other dnsmasq ${dhcp} --dhcp-range=10.88.0.50,10.88.0.60 --pid-file=/run/other.pid --dhcp-leasefile=/run/other`,
  );
  expect((await api.pxe('Create', LAN)).error).toMatchObject({
    code: 'BAREMETAL.1300',
    details: expect.stringContaining('another DHCP server answers on lan: 10.88.0.9'),
  });
  world.sh('kill $(cat /run/other.pid)');
  const wrong: [object, string, string][] = [
    [{ dhcpInterface: 'em09' }, 'BAREMETAL.1300', 'there is no NIC em09'],
    [{ dhcpInterface: 'a b' }, 'SYS.1007', 'field dhcpInterface'],
    [{ dhcpRangeBegin: '10.88.0.5' }, 'SYS.1007', 'field dhcpRangeEnd'],
    [{ dhcpRangeBegin: 'x', dhcpRangeEnd: '10.88.0.9' }, 'SYS.1007', 'field dhcpRangeBegin'],
    [
      { dhcpRangeBegin: '10.9.0.5', dhcpRangeEnd: '10.9.0.9' },
      'BAREMETAL.1300',
      'is not in the network of 10.88.0.1/24',
    ],
    [{ dhcpRangeNetmask: '255.255.0.0' }, 'BAREMETAL.1300', 'is not 255.255.255.0, as lan has it'],
  ];
  for (const [fields, code, says] of wrong)
    expect((await api.pxe('Create', { ...LAN, ...fields })).error, says).toMatchObject({
      code,
      details: expect.stringContaining(says),
    });
  expect(await servers()).toEqual([]);
  expect(isActive()).toBe(false);
});

test('a PXE server is created, told as it stands, stopped, changed, started and deleted', async () => {
  const { inventory } = await api.pxe('Create', { ...LAN, description: 'of the rack' });
  expect(inventory).toMatchObject({ ...LAN, description: 'of the rack', status: 'Running' });
  // What is free begins behind the neighbour, where that was heard of.
  expect(inventory.dhcpRangeBegin).toMatch(/^10\.88\.0\.(2|10)$/);
  expect(inventory).toMatchObject({ dhcpRangeEnd: '10.88.0.254', dhcpRangeNetmask: '255.255.255.0' });
  expect(isActive()).toBe(true);
  const { uuid } = inventory;
  expect((await api.pxe('Create', LAN)).error).toMatchObject({ code: 'BAREMETAL.1402' });
  // Whoever stops it on the node itself is seen here.
  world.ctl(['stop_pxe']);
  expect(await servers()).toMatchObject([{ uuid, status: 'Stopped' }]);
  expect((await api.pxe('Start', { uuid })).success).toBe(true);
  expect(await servers()).toMatchObject([{ uuid, status: 'Running' }]);
  const range = { dhcpRangeBegin: '10.88.0.100', dhcpRangeEnd: '10.88.0.120' };
  expect((await api.pxe('Update', { uuid, ...range })).error.details).toContain('it is Running');
  expect((await api.pxe('Update', { uuid, name: 'other' })).inventory).toMatchObject({ name: 'other' });
  expect((await api.pxe('Stop', { uuid })).success).toBe(true);
  expect(isActive()).toBe(false);
  expect((await api.pxe('Update', { uuid, ...range })).inventory).toMatchObject({
    ...range,
    status: 'Stopped',
  });
  expect((await api.pxe('Start', { uuid })).success).toBe(true);
  expect(world.sh('cat /run/zs-pxe/dnsmasq.conf')).toContain(
    'dhcp-range=10.88.0.100,10.88.0.120,255.255.255.0',
  );
  expect((await api.pxe('Delete', { uuid })).success).toBe(true);
  expect(isActive()).toBe(false);
  expect(await servers()).toEqual([]);
  expect((await api.pxe('Start', { uuid })).error).toMatchObject({ code: 'BAREMETAL.1400' });
});

const node7 = { name: 'node 7', ipmiAddress: '127.0.0.1', ipmiUsername: 'admin' };

test('a chassis is kept once its BMC answers, switched, changed and deleted; nobody reads its password', async () => {
  const watch = watchProcesses([BMC]);
  const wrong: [object, string, string][] = [
    [{ ipmiPassword: 'otherWord' }, 'ID.1002', 'it refuses user or password'],
    [{ ipmiPassword: 'longer than twenty bytes' }, 'SYS.1007', 'field ipmiPassword'],
    [{ ipmiPort: '70000' }, 'SYS.1007', 'field ipmiPort'],
    [{ ipmiUsername: '-f' }, 'SYS.1007', 'field ipmiUsername'],
    [{ ipmiAddress: '-H' }, 'SYS.1007', 'field ipmiAddress'],
  ];
  for (const [fields, code, says] of wrong)
    expect(
      (await api.chassis('Create', { ...node7, ipmiPassword: BMC, ...fields })).error,
      says,
    ).toMatchObject({
      code,
      details: expect.stringContaining(says),
    });
  expect((await api.chassis('Query', { conditions: [] })).inventories).toEqual([]);
  const { inventory } = await api.chassis('Create', { ...node7, ipmiPassword: BMC });
  expect(inventory).toMatchObject({ ...node7, ipmiPort: '623', status: 'Unprovisioned' });
  expect(Object.keys(inventory)).not.toContain('ipmiPassword');
  const { uuid } = inventory;
  expect(await power('Status', uuid)).toMatchObject({ success: true, status: 'off' });
  expect((await power('Reset', uuid)).error).toMatchObject({
    code: 'BAREMETAL.1303',
    details: expect.stringContaining('node 7 is off: power it on instead'),
  });
  expect((await power('On', uuid)).success).toBe(true);
  expect(await power('Status', uuid)).toMatchObject({ status: 'on' });
  expect((await power('Reset', uuid)).success).toBe(true);
  expect((await api.chassis('Update', { uuid, ipmiPassword: 'otherWord' })).error.details).toContain(
    'it refuses',
  );
  expect((await api.chassis('Update', { uuid, name: 'node 8' })).inventory).toMatchObject({ name: 'node 8' });
  const [{ content, ...info }, ...more] = await hardware();
  expect([info, more]).toMatchObject([{ chassisUuid: uuid, type: 'fru' }, []]);
  expect(JSON.parse(content)).toEqual({
    'Product Manufacturer': PLATE.maker,
    'Product Name': PLATE.model,
    'Product Part Number': PLATE.part,
    'Product Version': PLATE.version,
    'Product Serial': PLATE.serial,
  });
  expect((await power('Off', uuid)).success).toBe(true);
  expect(bmc.told).toEqual(['set power 1', 'set reset 1', 'set power 0']);
  expect((await api.chassis('Query', { conditions: [] })).inventories).toMatchObject([
    { uuid, name: 'node 8' },
  ]);
  const places = '/var/lib /var/log /run /usr/local/zstack /etc/zs-node';
  expect(world.sh(`grep -rl '${BMC}' ${places} 2> /dev/null || true`)).toBe('');
  expect((await api.chassis('Delete', { uuid })).success).toBe(true);
  expect((await power('On', uuid)).error).toMatchObject({ code: 'BAREMETAL.1010' });
  expect(await hardware()).toEqual([]);
  expect(watch.stop()).toBeGreaterThan(20);
  expect(watch.seen()).toEqual([]);
}, 240_000);
