import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiWorld, ENGINES, HEADER } from './world.ts';

const L2 = `${HEADER}.network.l2`;
const L3 = `${HEADER}.network.l3`;

describe.each(ENGINES)('%s', (engine) => {
  let world: ApiWorld;
  let zoneUuid: string;
  let clusterUuid: string;

  beforeAll(async () => {
    world = await ApiWorld.start(engine);
    await world.logIn();
    zoneUuid = await made('/zones', { name: 'zone' });
    clusterUuid = await made('/clusters', { name: 'rack', zoneUuid, hypervisorType: 'KVM' });
  });
  afterAll(() => world.end());
  beforeEach(async () => {
    await world.logIn();
  });

  async function made(path: string, params: object): Promise<string> {
    const answer = await world.change('POST', path, { params });
    expect(answer.text).toContain('"inventory"');
    return answer.json.inventory.uuid;
  }
  const found = async (path: string) => (await world.rest('GET', path)).json.inventories;
  const refused = async (method: string, path: string, body?: object) =>
    (await world.change(method, path, body)).json.error;

  const network = async (name: string) => {
    const l2 = await made('/l2-networks/no-vlan', { name, zoneUuid, physicalInterface: name });
    const l3 = await made('/l3-networks', { name, l2NetworkUuid: l2 });
    return { l2, l3 };
  };

  test('a network without VLAN and one with are told as what they are', async () => {
    const plain = await world.rpc(`${L2}.APICreateL2NoVlanNetworkMsg`, {
      name: 'a',
      zoneUuid,
      physicalInterface: 'eth0',
    });
    expect(plain.inventory).toMatchObject({ type: 'L2NoVlanNetwork', attachedClusterUuids: [] });
    expect(plain.inventory).not.toHaveProperty('vlan');
    const tagged = { name: 'b', zoneUuid, physicalInterface: 'eth0', vlan: '10' };
    const vlan = await world.rpc(`${L2}.APICreateL2VlanNetworkMsg`, tagged);
    expect(vlan.inventory).toMatchObject({ type: 'L2VlanNetwork', vlan: 10 });
    const answer = await world.rest('GET', '/l2-networks?q=physicalInterface=eth0&sort=%2Bname');
    expect(answer.json).toMatchObject({
      inventories: [{ name: 'a' }, { name: 'b', vlan: 10 }],
      schema: {
        'inventories[0]': `${L2}.L2NetworkInventory`,
        'inventories[1]': `${L2}.L2VlanNetworkInventory`,
      },
    });
    expect(await found('/l2-networks/vlan')).toMatchObject([{ name: 'b' }]);
    expect(await found(`/l2-networks/vlan/${plain.inventory?.uuid}`)).toEqual([]);
  });

  test.each([
    ['/l2-networks/no-vlan', { physicalInterface: 'eth0/1' }, 'physicalInterface'],
    ['/l2-networks/no-vlan', { physicalInterface: 'a-name-of-16-chr' }, 'physicalInterface'],
    ['/l2-networks/no-vlan', { physicalInterface: 'eth0', type: 'L2VlanNetwork' }, 'type'],
    ['/l2-networks/vlan', { physicalInterface: 'eth0.7', vlan: 7 }, 'physicalInterface'],
    ['/l2-networks/vlan', { physicalInterface: 'eth0', vlan: 4095 }, 'vlan'],
  ])('%s %j is refused with the name of the field', async (path, params, field) => {
    const error = await refused('POST', path, { params: { name: 'x', zoneUuid, ...params } });
    expect(error).toMatchObject({ code: 'SYS.1007', details: expect.stringContaining(`field ${field}`) });
  });

  test('attached to a cluster and taken off again; a NIC is in one network of a cluster', async () => {
    const { l2 } = await network('eth7');
    const place = `/l2-networks/${l2}/clusters/${clusterUuid}`;
    const attached = await world.change('POST', place, { null: {} });
    expect(attached.json.inventory.attachedClusterUuids).toEqual([clusterUuid]);
    expect(await found(`/l2-networks?q=attachedClusterUuids=${clusterUuid}`)).toMatchObject([{ uuid: l2 }]);
    expect(await found(`/l2-networks?q=cluster.name=rack&fields=name`)).toEqual([{ name: 'eth7' }]);
    expect(await found(`/clusters?q=l2Network.name=eth7`)).toMatchObject([{ uuid: clusterUuid }]);
    expect(await refused('POST', place)).toMatchObject({
      code: 'SYS.1006',
      details: expect.stringContaining('already'),
    });
    const other = await made('/l2-networks/no-vlan', { name: 'same', zoneUuid, physicalInterface: 'eth7' });
    const second = await refused('POST', `/l2-networks/${other}/clusters/${clusterUuid}`);
    expect(second).toMatchObject({ details: expect.stringContaining('eth7') });
    const off = await world.change('DELETE', place);
    expect(off.json.inventory.attachedClusterUuids).toEqual([]);
    expect(await refused('DELETE', place)).toMatchObject({ code: 'SYS.1006' });
  });

  test('no network reaches into another zone', async () => {
    const zone = await made('/zones', { name: 'far' });
    const cluster = await made('/clusters', { name: 'far', zoneUuid: zone, hypervisorType: 'KVM' });
    const { l2 } = await network('eth8');
    const error = await refused('POST', `/l2-networks/${l2}/clusters/${cluster}`);
    expect(error).toMatchObject({ code: 'SYS.1007', details: expect.stringContaining('field clusterUuid') });
  });

  test('addresses, name servers and services of a network', async () => {
    const { l3 } = await network('eth1');
    await made(`/l3-networks/${l3}/ip-ranges/by-cidr`, { name: 'all', networkCidr: '192.168.7.9/24' });
    await world.change('POST', `/l3-networks/${l3}/dns`, { params: { dns: '192.0.2.53' } });
    const [provider] = await found('/network-services/providers?q=type=Flat');
    expect(provider.networkServiceTypes).toEqual(['DHCP']);
    const networkServices = { [provider.uuid]: ['DHCP'] };
    const served = await world.change('POST', `/l3-networks/${l3}/network-services`, {
      params: { networkServices },
    });
    const [whole] = await found(`/l3-networks/${l3}`);
    expect(whole).toMatchObject({
      zoneUuid,
      ...{ state: 'Enabled', category: 'Private', system: false, type: 'L3BasicNetwork' },
      dns: ['192.0.2.53'],
      ipRanges: [
        {
          startIp: '192.168.7.2',
          endIp: '192.168.7.254',
          gateway: '192.168.7.1',
          netmask: '255.255.255.0',
          networkCidr: '192.168.7.0/24',
        },
      ],
      networkServices: [{ networkServiceProviderUuid: provider.uuid, networkServiceType: 'DHCP' }],
    });
    expect(served.json.inventory).toEqual(whole);
    const gone = await world.change(
      'DELETE',
      `/l3-networks/${l3}/network-services?networkServices.${provider.uuid}=DHCP`,
    );
    expect(gone.json.inventory.networkServices).toEqual([]);
    const rest = await world.change('DELETE', `/l3-networks/${l3}/dns/192.0.2.53`);
    expect(rest.json.inventory.dns).toEqual([]);
  });

  test('lists in an answer are told with their class', async () => {
    const { l3 } = await network('eth2');
    await made(`/l3-networks/${l3}/ip-ranges/by-cidr`, { name: 'r', networkCidr: '10.9.0.0/16' });
    const { json } = await world.rest('GET', `/l3-networks?q=uuid=${l3}`);
    expect(json.schema).toEqual({
      'inventories[0]': `${L3}.L3NetworkInventory`,
      'inventories[0].ipRanges[0]': `${L3}.IpRangeInventory`,
    });
  });

  const RANGE = { startIp: '10.1.0.10', endIp: '10.1.0.20', netmask: '255.255.255.0', gateway: '10.1.0.1' };
  test.each([
    [{ startIp: '10.1.0' }, 'startIp'],
    [{ endIp: '10.1.0.9' }, 'endIp'],
    [{ endIp: '10.1.1.9' }, 'endIp'],
    [{ endIp: '10.1.0.255' }, 'endIp'],
    [{ startIp: '10.1.0.0' }, 'startIp'],
    [{ netmask: '255.0.255.0' }, 'netmask'],
    [{ netmask: '255.255.255.254' }, 'netmask'],
    [{ gateway: '10.1.0.15' }, 'gateway'],
    [{ gateway: '10.1.1.1' }, 'gateway'],
    [{ startIp: '127.0.0.2', endIp: '127.0.0.3', gateway: '127.0.0.1' }, 'startIp'],
    [{ startIp: '230.0.0.2', endIp: '230.0.0.3', gateway: '230.0.0.1' }, 'startIp'],
  ])('a range with %j is refused with the name of the field', async (wrong, field) => {
    const { l3 } = await network('eth3');
    const params = { name: 'r', ...RANGE, ...wrong };
    const error = await refused('POST', `/l3-networks/${l3}/ip-ranges`, { params });
    expect(error).toMatchObject({ code: 'SYS.1007', details: expect.stringContaining(`field ${field}`) });
  });

  test('ranges that reach each other do not overlap, and have one netmask and one gateway', async () => {
    const { l2, l3 } = await network('eth4');
    await made(`/l3-networks/${l3}/ip-ranges`, { name: 'first', ...RANGE });
    const beside = await made('/l3-networks', { name: 'beside', l2NetworkUuid: l2 });
    const again = { name: 'second', ...RANGE, startIp: '10.1.0.20', endIp: '10.1.0.30' };
    for (const uuid of [l3, beside]) {
      const error = await refused('POST', `/l3-networks/${uuid}/ip-ranges`, { params: again });
      expect(error).toMatchObject({ code: 'SYS.1006', details: expect.stringContaining('first') });
    }
    const other = { ...again, startIp: '10.1.0.21', gateway: '10.1.0.2' };
    const error = await refused('POST', `/l3-networks/${l3}/ip-ranges`, { params: other });
    expect(error).toMatchObject({ details: expect.stringContaining('field gateway') });
    await made(`/l3-networks/${l3}/ip-ranges`, { ...again, startIp: '10.1.0.21' });
    expect((await world.rest('GET', `/ip-capacity?l3NetworkUuids=${l3}`)).json).toEqual({
      ...{ totalCapacity: 21, availableCapacity: 21 },
    });
  });

  test('free addresses are told', async () => {
    const { l3 } = await network('eth5');
    const range = await made(`/l3-networks/${l3}/ip-ranges`, { name: 'r', ...RANGE });
    const free = await found(`/l3-networks/${l3}/ip/free?start=10.1.0.12&limit=2`);
    expect(free).toEqual([
      { ipRangeUuid: range, ip: '10.1.0.12', netmask: RANGE.netmask, gateway: RANGE.gateway },
      { ipRangeUuid: range, ip: '10.1.0.13', netmask: RANGE.netmask, gateway: RANGE.gateway },
    ]);
    expect(await found(`/l3-networks/ip-ranges/${range}/ip/free`)).toHaveLength(11);
    const isAvailable = async (ip: string) =>
      (await world.rest('GET', `/l3-networks/${l3}/ip/${ip}/availability`)).json.available;
    expect([await isAvailable('10.1.0.20'), await isAvailable('10.1.0.21')]).toEqual([true, false]);
  });

  test('the MTU is the setting of its kind until it has its own', async () => {
    const { l3 } = await network('eth6');
    const mtu = async () => (await world.rest('GET', `/l3-networks/${l3}/mtu`)).json;
    expect(await mtu()).toEqual({ mtu: 1500 });
    await world.change('POST', `/l3-networks/${l3}/mtu`, { params: { mtu: 9000 } });
    expect(await mtu()).toEqual({ mtu: 9000 });
  });

  test('a network goes with all that it has', async () => {
    const { l2, l3 } = await network('eth9');
    const range = await made(`/l3-networks/${l3}/ip-ranges/by-cidr`, {
      name: 'r',
      networkCidr: '10.8.0.0/24',
    });
    await world.change('POST', `/l2-networks/${l2}/clusters/${clusterUuid}`);
    await world.change('POST', `/l3-networks/${l3}/dns`, { params: { dns: '192.0.2.1' } });
    expect(await world.change('DELETE', `/l2-networks/${l2}`)).toMatchObject({ status: 200 });
    expect(await found(`/l3-networks/${l3}`)).toEqual([]);
    expect(await found(`/l3-networks/ip-ranges/${range}`)).toEqual([]);
    expect(await found(`/clusters/${clusterUuid}`)).toHaveLength(1);
  });
});
