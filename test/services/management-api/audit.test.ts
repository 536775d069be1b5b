import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { same } from '../../../src/api/words.ts';
import { closeOf, recordOf } from '../../../src/management/calls/audited.ts';
import { newUuid } from '../../../src/management/calls/doing.ts';
import { flow } from '../../../src/management/jobs/flow.ts';
import { Jobs } from '../../../src/management/jobs/jobs.ts';
import { job } from '../../../src/management/jobs/row.ts';
import { sentFor } from '../../../src/management/resource/account/password.ts';
import { account } from '../../../src/management/resource/account/resource.ts';
import { audit } from '../../../src/management/resource/audit/resource.ts';
import { AUDITING } from '../../../src/management/resource/audit/run.ts';
import { openStore } from '../../../src/management/store/store.ts';
import { EngineStore } from './engine-store.ts';
import { everyRow } from './every-row.ts';
import { ended } from './flow-service.ts';
import { ApiWorld, ENGINES, HEADER } from './world.ts';

const ZONE = `${HEADER}.zone`;
const ADMIN = '36c27e8ff05c4780bf6d2fa65700f22e';

describe.each(ENGINES)('%s', (engine) => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await ApiWorld.start(engine);
    await world.logIn();
  });
  afterAll(() => world.end());

  const entries = async (...conditions: [name: string, value: string][]) => {
    const told = await world.rpc(`${HEADER}.audit.APIQueryAuditMsg`, {
      conditions: conditions.map(([name, value]) => ({ name, op: '=', value })),
      sortBy: 'createDate',
    });
    return told.inventories ?? [];
  };

  test('a change is an entry with who, from where, what and what came of it', async () => {
    const zone = newUuid();
    const fields = { name: 'audited', description: 'one', resourceUuid: zone };
    await world.rpc(`${ZONE}.APICreateZoneMsg`, fields);
    await world.rpc(`${ZONE}.APICreateZoneMsg`, fields);
    await world.rpc(`${ZONE}.APIDeleteZoneMsg`, { uuid: zone });
    const found = await entries(['resourceUuid', zone]);
    const who = { accountName: 'admin', accountUuid: ADMIN, userUuid: ADMIN, clientAddress: '127.0.0.1' };
    expect(found).toHaveLength(3);
    for (const entry of found) expect(entry).toMatchObject(who);
    expect(found).toMatchObject([
      { apiName: 'CreateZone', state: 'Succeeded' },
      { apiName: 'CreateZone', state: 'Failed', errorCode: 'SYS.1006' },
      { apiName: 'DeleteZone', state: 'Succeeded' },
    ]);
    expect(JSON.parse(String(found[0]?.parameters))).toEqual(fields);
    expect(found[0]?.finishDate).toBeDefined();
  });

  test('what is made under a uuid of ours is found by it', async () => {
    const { inventory } = await world.rpc(`${ZONE}.APICreateZoneMsg`, { name: 'named by us' });
    expect(await entries(['resourceUuid', String(inventory?.uuid)])).toMatchObject([
      { apiName: 'CreateZone' },
    ]);
  });

  test('looking is no entry, nor is what was refused before it began', async () => {
    const before = (await entries()).length;
    await world.rpc(`${ZONE}.APIQueryZoneMsg`);
    await world.rpc(`${ZONE}.APICreateZoneMsg`, { name: 'x'.repeat(256) });
    await world.rpc(`${ZONE}.APICreateZoneMsg`, { name: 'x', session: { uuid: newUuid() } });
    expect(await entries()).toHaveLength(before);
  });

  test('a very long call is cut', async () => {
    const tags = Array.from({ length: 100 }, (_, index) => `${index}`.repeat(1000).slice(0, 2000));
    const told = await world.rpc(`${ZONE}.APICreateZoneMsg`, { name: 'long', userTags: tags });
    const [entry] = await entries(['resourceUuid', String(told.inventory?.uuid)]);
    expect(String(entry?.parameters)).toMatch(/…$/);
    expect(String(entry?.parameters).length).toBeLessThan(10_000);
  });

  test('log-ins and log-outs, right and wrong ones, until the lock', async () => {
    const second = newUuid();
    await world.logIn('wrong', second);
    const [unknown] = await entries(['accountName', second]);
    expect(unknown).toMatchObject({ apiName: 'LogInByAccount', state: 'Failed', errorCode: 'ID.1000' });
    await world.logIn('wrong', 'x'.repeat(3000));
    await world.logIn('wrong');
    const session = world.session;
    await world.logIn();
    await world.rpc(`${HEADER}.identity.APILogOutMsg`, { sessionUuid: session });
    const own = (await entries(['accountUuid', ADMIN])).filter(({ apiName }) =>
      String(apiName).startsWith('Log'),
    );
    expect(own.slice(-3)).toMatchObject([
      { apiName: 'LogInByAccount', state: 'Failed' },
      { apiName: 'LogInByAccount', state: 'Succeeded' },
      { apiName: 'LogOut', state: 'Succeeded' },
    ]);
  });

  test('no password is in any table or log, and no session outside of its own', async () => {
    const planted = ['planted one', 'planted two', 'planted wrong'];
    const update = (password: string, more = {}) =>
      world.rpc(`${HEADER}.identity.APIUpdateAccountMsg`, { password: sentFor(password), ...more });
    expect((await update('planted one')).success).toBe(true);
    expect((await update('planted two', { uuid: newUuid() })).success).toBe(false);
    await world.rpc(`${HEADER}.identity.APIUpdateAccountMsg`, {
      password: `plain ${sentFor('planted two')}`,
    });
    const headers = { 'x-job-uuid': newUuid() };
    const body = { updateAccount: { password: sentFor('planted two') } };
    expect((await world.rest('PUT', `/accounts/${ADMIN}`, body, headers)).status).toBe(202);
    await world.logIn('planted wrong');
    expect((await world.logIn('planted two')).success).toBe(true);
    const store = await openStore(world.state, world.login);
    try {
      const rows = await everyRow(store.tables);
      expect(rows.get('audit')).toContain('***');
      const all = [...rows, ['log', world.logged.join('\n')] as const];
      for (const [table, text] of all) {
        for (const word of planted) {
          expect(text.includes(word), table).toBe(false);
          expect(text.toLowerCase().includes(sentFor(word)), table).toBe(false);
        }
        if (table !== 'session') expect(text.includes(String(world.session)), table).toBe(false);
      }
      const found = await entries(['apiName', 'UpdateAccount']);
      expect(found.map(({ parameters }) => JSON.parse(String(parameters)).password)).toContain('***');
    } finally {
      await store.close();
    }
  });
});

describe.each(ENGINES)('%s: steps', (engine) => {
  let at: EngineStore;
  beforeAll(async () => {
    at = await EngineStore.open(engine, [account, job, audit]);
  });
  afterAll(() => at.end());

  const row = (uuid: string) =>
    at.store.tables
      .withTables<{ audit: { uuid: string; state: string; errorDetails: string; resourceUuid: string } }>()
      .selectFrom('audit')
      .select(['state', 'errorDetails', 'resourceUuid'])
      .where('uuid', '=', uuid)
      .executeTakeFirst();

  test.each([
    ['Succeeded', undefined],
    ['Failed', 'cannot be made'],
  ])('run, then %s, ended by the service that took it over', async (state, why) => {
    const made = newUuid();
    let isFirst = true;
    let begun = () => {};
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const steps = flow<object>({
      name: `steps ${state}`,
      steps: [
        {
          name: 'only',
          run: async (_, { signal }) => {
            if (isFirst) {
              isFirst = false;
              begun();
              await new Promise((_, reject) => signal.addEventListener('abort', reject));
            }
            if (why !== undefined) throw new Fault('failed', same(why));
            return {};
          },
        },
      ],
      answer: () => ({ inventory: { uuid: made } }),
    });
    const service = () =>
      new Jobs({
        ...{ database: at.store.tables, owner: newUuid(), flows: [steps], log: () => {} },
        close: closeOf(AUDITING),
      });
    const uuid = newUuid();
    const entry = {
      ...{ uuid, apiName: 'Test', session: undefined, clientAddress: '192.0.2.1', createDate: Date.now() },
      ...{ resourceUuid: undefined, parameters: {} },
    };
    const first = service();
    const asked = { uuid, api: 'org.x.APITestMsg', record: recordOf(AUDITING, entry) };
    await first.start(asked, steps, async () => ({}));
    await isBegun;
    expect(await row(uuid)).toEqual({ state: 'Running', errorDetails: null, resourceUuid: null });
    await first.stop();
    const next = service();
    await next.resume([]);
    await ended(next, uuid);
    expect(await row(uuid)).toEqual({
      state,
      errorDetails: why ?? null,
      resourceUuid: why === undefined ? made : null,
    });
  });
});
