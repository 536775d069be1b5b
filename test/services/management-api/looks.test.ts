import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../../src/management/calls/doing.ts';
import { VmWorld } from './vm-world.ts';
import { ENGINES } from './world.ts';

const GIBIBYTE = 2 ** 30;

describe.each(ENGINES)('%s', (engine) => {
  let world: VmWorld;
  let vm: string;
  beforeAll(async () => {
    world = await VmWorld.start(engine);
    vm = (await world.ask('CreateVmInstance', world.vm({ name: 'named' }))).inventory.uuid;
  });
  afterAll(() => world.end());

  test('what hosts have and have left, of all or of those that are asked for', async () => {
    const { host, cluster, zone } = world.has;
    const ask = (values: object) => world.now('GetCpuMemoryCapacity', { ...values });
    const whole = {
      totalCpu: 16,
      availableCpu: 14,
      totalMemory: 8 * GIBIBYTE,
      availableMemory: 7 * GIBIBYTE,
    };
    for (const which of [
      { all: true },
      { hostUuids: [host] },
      { clusterUuids: [cluster] },
      { zoneUuids: [zone] },
    ])
      expect(await ask(which)).toEqual(whole);
    const other = (await world.ask('CreateZone', { name: 'empty' })).inventory.uuid;
    const nothing = { totalCpu: 0, availableCpu: 0, totalMemory: 0, availableMemory: 0 };
    expect(await ask({ zoneUuids: [other] })).toEqual(nothing);
    await expect(ask({})).rejects.toMatchObject({ kind: 'usage', field: 'all' });
    await expect(ask({ hostUuids: [newUuid()] })).rejects.toMatchObject({ kind: 'notFound' });
  });

  test('names and owners of resources, for whoever may know them', async () => {
    const { zone, host } = world.has;
    const names = async (uuids: string[]) => world.look('GetResourceNames', { uuids });
    const accounts = async () =>
      (await world.now('GetResourceAccount', { resourceUuids: [vm, zone] })).inventories;
    const asked = await names([vm, zone, host, newUuid(), vm]);
    expect(asked.map(({ resourceName, resourceType }) => `${resourceType} ${resourceName}`).sort()).toEqual([
      'HostVO host',
      'VmInstanceVO named',
      'ZoneVO zone',
    ]);
    expect(await accounts()).toMatchObject({ [vm]: { name: 'admin', type: 'SystemAdmin' } });
    const admin = world.session;
    world.session = { uuid: 'y', accountUuid: newUuid(), userUuid: null, isAdmin: false };
    expect(await names([vm, host])).toEqual([]);
    expect(await accounts()).toEqual({});
    world.session = admin;
    await world.ask('ShareResource', { resourceUuids: [vm], toPublic: true });
    world.session = { ...admin, accountUuid: newUuid(), isAdmin: false };
    expect(await names([vm])).toMatchObject([{ resourceName: 'named' }]);
    world.session = admin;
  });

  test('what volumes are made as, how hosts are chosen, and whether the source is open', async () => {
    expect((await world.now('GetVolumeFormat', {})).formats).toMatchObject([{ format: 'qcow2' }]);
    const { hostAllocatorStrategies } = await world.now('GetHostAllocatorStrategies', {});
    for (const allocatorStrategy of hostAllocatorStrategies) {
      const values = { name: 'x', cpuNum: 1, memorySize: GIBIBYTE, allocatorStrategy };
      expect((await world.ask('CreateInstanceOffering', values)).inventory).toMatchObject({
        allocatorStrategy,
      });
    }
    expect(await world.now('IsOpensourceVersion', {})).toEqual({ opensource: true });
  });
});
