import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { followVms } from '../../../src/management/resource/vm/follow.ts';
import { VmWorld } from './vm-world.ts';
import { ENGINES } from './world.ts';

const GIBIBYTE = 2 ** 30;

describe.each(ENGINES)('%s', (engine) => {
  let world: VmWorld;
  beforeAll(async () => {
    world = await VmWorld.start(engine);
  });
  afterAll(() => world.end());
  beforeEach(() => {
    world.orders.at = () => {};
    world.orders.done.length = 0;
  });

  test('what its host says of a VM is true', async () => {
    const { inventory } = await world.ask('CreateVmInstance', world.vm());
    const { uuid } = inventory;
    const MINUTE = 60_000;
    const said = async (state: 'running' | 'paused' | 'stopped', later = 0) => {
      const vms = new Map([[uuid, { uuid, name: uuid, state }]]);
      const told = { host: world.has.host, vms, whole: false };
      const again = await followVms(world.database, told, Date.now() + later);
      return (await world.rows(uuid)).vms[0].state + (again ? ', to be looked at again' : '');
    };
    expect([await said('paused'), await said('running'), await said('stopped')]).toEqual([
      ...['Paused', 'Running', 'Stopped'],
    ]);
    expect(await world.left()).toMatchObject({ cpu: 16, memory: 8 * GIBIBYTE });
    // What was read before it stopped may come after that; what is said later is so.
    expect([await said('running'), await said('running', MINUTE)]).toEqual([
      ...['Stopped, to be looked at again', 'Running'],
    ]);
    expect(await world.left()).toMatchObject({ cpu: 14, memory: 7 * GIBIBYTE });
    const nothing = { host: world.has.host, vms: new Map(), whole: true };
    expect(await followVms(world.database, nothing, Date.now())).toBe(true);
    expect((await world.rows(uuid)).vms).toMatchObject([{ state: 'Running' }]);
    expect(await followVms(world.database, nothing, Date.now() + 3 * MINUTE)).toBe(false);
    expect((await world.rows(uuid)).vms).toMatchObject([{ state: 'Stopped' }]);
    world.orders.vms.set(uuid, 'off');
    await world.gone(uuid);
  });

  test('one that runs on a host, and that older records have on none, is there, and nobody starts it elsewhere', async () => {
    const { inventory } = await world.ask('CreateVmInstance', world.vm({ strategy: 'JustCreate' }));
    const { uuid } = inventory;
    const vms = new Map([[uuid, { uuid, name: uuid, state: 'running' as const }]]);
    const told = { host: world.has.host, vms, whole: true };
    expect(await followVms(world.database, told, Date.now())).toBe(true);
    expect(await followVms(world.database, told, Date.now() + 60_000)).toBe(false);
    expect((await world.rows(uuid)).vms).toMatchObject([
      { state: 'Running', hostUuid: world.has.host, clusterUuid: world.has.cluster },
    ]);
    const start = await world.ask('StartVmInstance', { uuid });
    expect(start.error.details).toContain('the VM is Running');
    // Where its volume is nobody knows: on the host it stays, as one that the records do not know.
    await world.gone(uuid);
  });

  test('what a VM uses stays; what only names it is forgotten', async () => {
    const { inventory } = await world.ask('CreateVmInstance', world.vm());
    for (const [name, uuid] of [
      ['DeleteZone', world.has.zone],
      ['DeleteL3Network', world.has.l3],
      ['DeletePrimaryStorage', world.has.storage],
    ] as const)
      expect((await world.ask(name, { uuid })).error, name).toMatchObject({
        code: 'SYS.1006',
        details: expect.stringContaining('Running'),
      });
    const offering = await world.ask('CreateInstanceOffering', {
      name: 'gone',
      cpuNum: 1,
      memorySize: GIBIBYTE,
    });
    const later = await world.ask(
      'CreateVmInstance',
      world.vm({ instanceOfferingUuid: offering.inventory.uuid, strategy: 'JustCreate' }),
    );
    expect(await world.ask('DeleteInstanceOffering', { uuid: offering.inventory.uuid })).toEqual({});
    const { vms } = await world.rows(later.inventory.uuid);
    expect(vms[0]).not.toHaveProperty('instanceOfferingUuid');
    expect(vms[0].cpuNum).toBe(1);
    await world.gone(inventory.uuid);
    await world.gone(later.inventory.uuid);
  });

  test.each([
    ['l3NetworkUuids', { l3NetworkUuids: [] }],
    ['defaultL3NetworkUuid', { defaultL3NetworkUuid: 'f'.repeat(32) }],
    ['dataDiskOfferingUuids', { dataDiskOfferingUuids: [] }],
    ['type', { type: 'ApplianceVm' }],
  ])('wrong %s: the field is named', async (field, wrong) => {
    const told = await world
      .ask('CreateVmInstance', world.vm(wrong))
      .catch((thrown) => ({ error: { details: Fault.from(thrown).words.en } }));
    expect(told.error.details).toContain(field);
  });
});
