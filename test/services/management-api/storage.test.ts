import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiWorld, ENGINES } from './world.ts';

describe.each(ENGINES)('%s', (engine) => {
  let world: ApiWorld;
  let zoneUuid: string;
  let clusterUuid: string;

  beforeAll(async () => {
    world = await ApiWorld.start(engine);
    await world.logIn();
    zoneUuid = (await world.change('POST', '/zones', { params: { name: 'zone' } })).json.inventory.uuid;
    const cluster = { name: 'rack', zoneUuid, hypervisorType: 'KVM' };
    clusterUuid = (await world.change('POST', '/clusters', { params: cluster })).json.inventory.uuid;
  });
  afterAll(() => world.end());
  beforeEach(async () => {
    await world.logIn();
  });

  const add = async (params: object) =>
    (
      await world.change('POST', '/primary-storage/local-storage', {
        params: { name: 'local', zoneUuid, ...params },
      })
    ).json;
  const found = async (conditions: string) =>
    (await world.rest('GET', `/primary-storage?${conditions}`)).json.inventories;

  test('a local storage is added, attached, taken off and removed', async () => {
    const { inventory } = await add({ url: '/vms' });
    expect(inventory).toMatchObject({
      ...{ type: 'LocalStorage', state: 'Enabled', status: 'Connected', mountPath: '/vms', url: '/vms' },
      ...{ totalCapacity: 0, availableCapacity: 0, attachedClusterUuids: [] },
    });
    const place = `/clusters/${clusterUuid}/primary-storage/${inventory.uuid}`;
    const attached = await world.change('POST', place);
    expect(attached.json.inventory.attachedClusterUuids).toEqual([clusterUuid]);
    expect(await found(`q=cluster.name=rack`)).toMatchObject([{ uuid: inventory.uuid }]);
    expect((await world.change('POST', place)).json.error).toMatchObject({ code: 'SYS.1006' });
    const off = await world.change('DELETE', place);
    expect(off.json.inventory.attachedClusterUuids).toEqual([]);
    expect((await world.change('DELETE', `/primary-storage/${inventory.uuid}`)).status).toBe(200);
    expect(await found(`q=uuid=${inventory.uuid}`)).toEqual([]);
  });

  test.each([
    '/',
    '/dev/shm',
    '/proc',
    '/sys',
    '/usr/bin',
    '/bin',
    '/etc/x',
    '/var/lib/zstack/x',
    '/a/../b',
    'vms',
  ])('the folder %s is refused', async (url) => {
    const { error } = await add({ url });
    expect(error).toMatchObject({ code: 'SYS.1007', details: expect.stringContaining('field url') });
  });

  test('its states change, its path does not', async () => {
    const { inventory } = await add({ url: '/vms2' });
    const act = async (body: object) =>
      (await world.change('PUT', `/primary-storage/${inventory.uuid}/actions`, body)).json;
    const change = (stateEvent: string) => act({ changePrimaryStorageState: { stateEvent } });
    expect((await change('maintain')).inventory.state).toBe('Maintenance');
    expect((await change('enable')).inventory.state).toBe('Enabled');
    expect((await act({ updatePrimaryStorage: { url: '/other' } })).error.details).toContain('field url');
    expect((await act({ updatePrimaryStorage: { name: 'new' } })).inventory.name).toBe('new');
    const sums = await world.rest('GET', `/primary-storage/capacities?primaryStorageUuids=${inventory.uuid}`);
    expect(sums.json).toMatchObject({ totalCapacity: 0, availableCapacity: 0 });
  });

  test('no storage reaches into another zone', async () => {
    const far = (await world.change('POST', '/zones', { params: { name: 'far' } })).json.inventory.uuid;
    const { inventory } = await add({ url: '/far', zoneUuid: far });
    const { json } = await world.change('POST', `/clusters/${clusterUuid}/primary-storage/${inventory.uuid}`);
    expect(json.error).toMatchObject({ details: expect.stringContaining('field clusterUuid') });
  });
});
