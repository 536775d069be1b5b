import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TablesOf } from '../../../src/management/define/table.ts';
import type { session } from '../../../src/management/resource/account/session.ts';
import { type Grant, holding } from '../../../src/management/resource/console/grants.ts';
import type { vmInstance } from '../../../src/management/resource/vm/resource.ts';
import { VmWorld } from './vm-world.ts';
import { ENGINES } from './world.ts';

const ADDRESS = { scheme: 'http', hostname: '192.0.2.7', port: 4900, token: 'abc' } as const;

describe.each(ENGINES)('%s', (engine) => {
  let world: VmWorld;
  let vm: string;
  const granted: Grant[] = [];

  beforeAll(async () => {
    world = await VmWorld.start(engine);
    world.consoles = {
      uuid: 'x',
      reconnect: async () => undefined,
      grant: (grant) => {
        granted.push(grant);
        return ADDRESS;
      },
    };
    await world.replace();
    vm = (await world.ask('CreateVmInstance', world.vm())).inventory.uuid;
  });
  afterAll(() => world.end());

  const tables = () => world.database.withTables<TablesOf<typeof session | typeof vmInstance>>();

  test('a VM that runs has a console, for the session that asked; one that does not is told so', async () => {
    expect(await world.ask('RequestConsoleAccess', { vmInstanceUuid: vm })).toEqual({ inventory: ADDRESS });
    expect(granted).toEqual([{ vm, name: 'vm', host: world.has.host, session: 'x' }]);
    await world.ask('PauseVmInstance', { uuid: vm });
    expect(await world.ask('RequestConsoleAccess', { vmInstanceUuid: vm })).toEqual({ inventory: ADDRESS });
    await world.ask('ResumeVmInstance', { uuid: vm });
    await world.ask('StopVmInstance', { uuid: vm, type: 'cold' });
    expect(JSON.stringify(await world.ask('RequestConsoleAccess', { vmInstanceUuid: vm }))).toMatch(
      /the VM is Stopped: it has no screen now/,
    );
    expect(await world.ask('RequestConsoleAccess', { vmInstanceUuid: 'f'.repeat(32) }).catch(String)).toMatch(
      'no VmInstanceVO',
    );
  });

  test('it holds as long as session and VM are as they were', async () => {
    await world.ask('StartVmInstance', { uuid: vm });
    const [grant] = granted;
    if (grant === undefined) throw new Error('nothing granted');
    expect(await holding(world.database, [grant])).toEqual(new Set());
    const dates = { expiredDate: Date.now() + 60_000, createDate: Date.now() };
    const row = { uuid: 'x', accountUuid: '36c27e8ff05c4780bf6d2fa65700f22e', userUuid: null, ...dates };
    await tables().insertInto('session').values(row).execute();
    const many = Array.from({ length: 1_200 }, (_, at) => ({ ...grant, vm: `${at}` }));
    expect(await holding(world.database, [...many, grant])).toEqual(new Set([grant]));
    expect(await holding(world.database, [{ ...grant, host: 'other' }])).toEqual(new Set());
    await world.ask('StopVmInstance', { uuid: vm });
    expect(await holding(world.database, [grant])).toEqual(new Set());
    await world.ask('StartVmInstance', { uuid: vm });
    expect((await holding(world.database, [grant])).size).toBe(1);
    await tables().updateTable('session').set({ expiredDate: 0 }).execute();
    expect(await holding(world.database, [grant])).toEqual(new Set());
  });
});
