import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiWorld, ENGINES, HEADER } from './world.ts';

const OF = `${HEADER}.configuration`;

describe.each(ENGINES)('%s', (engine) => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await ApiWorld.start(engine);
    await world.logIn();
  });
  afterAll(() => world.end());

  test('an instance offering is made, found, changed and removed; numbers may come as text', async () => {
    const fields = { name: 'small', cpuNum: '1', memorySize: '536870912' };
    const { inventory } = await world.rpc(`${OF}.APICreateInstanceOfferingMsg`, fields);
    expect(inventory).toMatchObject({
      cpuNum: 1,
      memorySize: 536870912,
      cpuSpeed: 0,
      sortKey: 0,
      type: 'UserVm',
      state: 'Enabled',
    });
    const place = `/instance-offerings/${inventory?.uuid}`;
    const off = await world.change('PUT', `${place}/actions`, {
      changeInstanceOfferingState: { stateEvent: 'disable' },
    });
    expect(off.json.inventory.state).toBe('Disabled');
    expect((await world.change('DELETE', place)).status).toBe(200);
    expect((await world.change('DELETE', place)).status).toBe(200);
    expect((await world.rest('GET', place)).json.inventories).toEqual([]);
  });

  test('a disk offering', async () => {
    const made = await world.change('POST', '/disk-offerings', {
      params: { name: 'ten', diskSize: 10737418240 },
    });
    expect(made.json.inventory).toMatchObject({ diskSize: 10737418240, state: 'Enabled', sortKey: 0 });
    const place = `/disk-offerings/${made.json.inventory.uuid}`;
    const named = await world.change('PUT', `${place}/actions`, { updateDiskOffering: { name: 'disk' } });
    expect(named.json.inventory.name).toBe('disk');
    expect((await world.change('DELETE', place)).status).toBe(200);
  });

  test.each([
    ['APICreateInstanceOfferingMsg', { cpuNum: 0, memorySize: 2 ** 30 }, 'cpuNum'],
    ['APICreateInstanceOfferingMsg', { cpuNum: 1025, memorySize: 2 ** 30 }, 'cpuNum'],
    ['APICreateInstanceOfferingMsg', { cpuNum: 1, memorySize: 15 * 2 ** 20 }, 'memorySize'],
    ['APICreateInstanceOfferingMsg', { cpuNum: 1, memorySize: 2 ** 30, type: 'VirtualRouter' }, 'type'],
    [
      'APICreateInstanceOfferingMsg',
      { cpuNum: 1, memorySize: 2 ** 30, allocatorStrategy: 'x' },
      'allocatorStrategy',
    ],
    ['APICreateDiskOfferingMsg', { diskSize: 0 }, 'diskSize'],
    ['APICreateDiskOfferingMsg', { diskSize: 1, allocationStrategy: 'x' }, 'allocationStrategy'],
  ])('%s %j is refused with the name of the field', async (message, fields, field) => {
    const told = await world.rpc(`${OF}.${message}`, { name: 'x', ...fields });
    expect(told.error).toMatchObject({
      code: 'SYS.1007',
      details: expect.stringContaining(`field ${field}`),
    });
  });
});
