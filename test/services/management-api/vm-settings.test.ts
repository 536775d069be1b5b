import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Told, VmWorld } from './vm-world.ts';
import { ENGINES } from './world.ts';

const GIBIBYTE = 2 ** 30;

describe.each(ENGINES)('%s', (engine) => {
  let world: VmWorld;
  let vm: string;
  beforeAll(async () => {
    world = await VmWorld.start(engine);
    vm = (await world.ask('CreateVmInstance', world.vm({ systemTags: ['hostname::first'] }))).inventory.uuid;
  });
  afterAll(() => world.end());

  const nic = async (): Promise<Told> => (await world.find('QueryVmNic', 'vmInstanceUuid', vm))[0];
  const tags = async () => {
    const all = await world.find('QuerySystemTag', 'resourceUuid', vm);
    return all.map(({ tag }) => tag).sort();
  };
  const hostname = async () => (await world.now('GetVmHostname', { uuid: vm })).hostname;
  const set = (name: string) => world.ask('SetVmHostname', { uuid: vm, hostname: name });

  test('a hostname is told, changed, and taken away; no other VM of its network may have it', async () => {
    expect(await hostname()).toBe('first');
    expect(await set('second')).toEqual({});
    expect([await hostname(), await tags()]).toEqual(['second', ['hostname::second']]);
    for (const wrong of ['a b', 'under_score', '-x', '', 'x'.repeat(64)])
      expect((await set(wrong)).error).toMatchObject({
        code: 'SYS.1007',
        details: expect.stringMatching(/^field hostname: /),
      });
    const wrong = { systemTags: ['hostname::a,b'] };
    const asTag = { resourceType: 'VmInstanceVO', resourceUuid: vm, tag: 'hostname::a b' };
    for (const { error } of [
      await world.ask('CreateVmInstance', world.vm(wrong)),
      await world.ask('CreateSystemTag', asTag),
    ])
      expect(error).toMatchObject({ code: 'SYS.1007', details: 'field tag: is not a hostname' });
    const systemTags = ['hostname::taken'];
    const other = (await world.ask('CreateVmInstance', world.vm({ systemTags, strategy: 'JustCreate' })))
      .inventory;
    expect((await set('taken')).error.details).toBe(`field hostname: VM ${other.uuid} of its network has it`);
    expect(await hostname()).toBe('second');
    expect(await world.ask('DeleteVmHostname', { uuid: vm })).toEqual({});
    expect(await hostname()).toBeUndefined();
    expect(await world.ask('DeleteVmHostname', { uuid: vm })).toEqual({});
    await world.gone(other.uuid).catch(() => undefined);
  });

  test('what a VM that runs cannot have changed is refused by its state', async () => {
    const { l3, offering } = world.has;
    const ip = { vmInstanceUuid: vm, l3NetworkUuid: l3, ip: '10.0.0.9' };
    const details = 'the VM is Running: this is possible in Created, Stopped';
    expect((await world.ask('SetVmStaticIp', ip)).error).toMatchObject({ code: 'SYS.1006', details });
    const change = { vmInstanceUuid: vm, instanceOfferingUuid: offering };
    expect((await world.ask('ChangeInstanceOffering', change)).error).toMatchObject({ details });
    await expect(world.now('GetVmStartingCandidateClustersHosts', { uuid: vm })).rejects.toThrow(details);
  });

  test('a fixed address: its NIC has it, its host hands it out, and the old one is free', async () => {
    await world.ask('StopVmInstance', { uuid: vm });
    const { l3 } = world.has;
    const before = await nic();
    const [{ ip: want }] = await world.look('GetFreeIp', { l3NetworkUuid: l3 });
    const ask = (ip: string, l3NetworkUuid = l3) =>
      world.ask('SetVmStaticIp', { vmInstanceUuid: vm, l3NetworkUuid, ip });
    expect(await ask(want)).toEqual({});
    expect(await nic()).toMatchObject({ ip: want, mac: before.mac, gateway: before.gateway });
    expect(await tags()).toEqual([`staticIp::${l3}::${want}`]);
    expect(await world.now('CheckIpAvailability', { l3NetworkUuid: l3, ip: before.ip })).toEqual({
      available: true,
    });
    for (const wrong of ['10.9.9.9', 'words', '10.0.0.1'])
      expect((await ask(wrong)).error).toMatchObject({ code: 'L3.1000' });
    expect(await nic()).toMatchObject({ ip: want });
    expect(await ask(want)).toEqual({});
    await world.ask('StartVmInstance', { uuid: vm });
    expect(world.orders.leases.get(`${l3} ${before.mac}`)).toBe(want);
    await world.ask('StopVmInstance', { uuid: vm });
    const left = await world.ask('DeleteVmStaticIp', { vmInstanceUuid: vm, l3NetworkUuid: l3 });
    expect(left.inventory.vmNics).toMatchObject([{ ip: want }]);
    expect(await tags()).toEqual([]);
  });

  test('where it can start is told, and changes nothing; another offering holds from its next start on', async () => {
    const ask = () => world.now('GetVmStartingCandidateClustersHosts', { uuid: vm });
    const told = await ask();
    expect(told.hostInventories).toMatchObject([{ uuid: world.has.host }]);
    expect(told.clusterInventories).toMatchObject([{ uuid: world.has.cluster }]);
    const make = (values: object) => world.ask('CreateInstanceOffering', { name: 'x', ...values });
    const large = (await make({ cpuNum: 3, memorySize: 2 * GIBIBYTE })).inventory.uuid;
    const huge = (await make({ cpuNum: 3, memorySize: 64 * GIBIBYTE })).inventory.uuid;
    const change = (instanceOfferingUuid: string) =>
      world.ask('ChangeInstanceOffering', { vmInstanceUuid: vm, instanceOfferingUuid });
    await change(huge);
    expect(await ask()).toEqual({ hostInventories: [], clusterInventories: [] });
    const { inventory } = await change(large);
    expect(inventory).toMatchObject({ cpuNum: 3, memorySize: 2 * GIBIBYTE, instanceOfferingUuid: large });
    await world.ask('StartVmInstance', { uuid: vm });
    expect(world.orders.defined.get(vm)).toMatchObject({ cpuNum: 3, memorySize: 2 * GIBIBYTE });
    await world.ask('StopVmInstance', { uuid: vm });
    await world.ask('ChangeInstanceOfferingState', { uuid: large, stateEvent: 'disable' });
    expect((await change(large)).error.details).toBe('InstanceOffering x is disabled');
  });
});
