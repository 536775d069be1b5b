import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { sentFor } from '../../../src/management/resource/account/password.ts';
import { ApiWorld, HEADER } from './world.ts';

const CREATE = `${HEADER}.zone.APICreateZoneMsg`;
const QUERY = `${HEADER}.zone.APIQueryZoneMsg`;
const LOG_IN = `${HEADER}.identity.APILogInByAccountMsg`;
let world: ApiWorld;

beforeAll(async () => {
  world = await ApiWorld.start('embedded');
});
afterAll(() => world.end());
beforeEach(async () => {
  await world.logIn();
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['no JSON', '{'],
  ['no object', '[]'],
  ['nothing', ''],
  ['two messages', JSON.stringify({ [CREATE]: {}, [QUERY]: {} })],
  ['an unknown message', JSON.stringify({ 'org.x.APINoneMsg': {} })],
  ['a message that is no object', JSON.stringify({ [CREATE]: 'name' })],
  ['a message of a name that all objects have', JSON.stringify({ constructor: {} })],
])('the older wire answers %s with 200 and plain text', async (_, body) => {
  for (const path of ['/api', '/api/']) {
    const answer = await world.raw(body, path);
    expect(answer.status).toBe(200);
    expect(answer.json).toBeUndefined();
    expect(answer.text.split('\n')).toHaveLength(2);
  }
});

test('text that is no number gets plain text from the older wire, a fault from REST', async () => {
  const session = { uuid: world.session };
  const answer = await world.raw(JSON.stringify({ [QUERY]: { session, limit: 'ten' } }));
  expect(answer).toMatchObject({ status: 200, text: 'field limit: not of type Integer\n', json: undefined });
  const told = await world.rest('GET', '/zones?limit=ten');
  expect(told).toMatchObject({ status: 503, json: { error: { code: 'SYS.1007' } } });
});

test('numbers and booleans may be text; unknown fields do not matter', async () => {
  const told = await world.rpc(QUERY, { count: 'TRUE', limit: ' 5 ', conditions: [], whatever: { a: 1 } });
  expect(told).toMatchObject({ success: true, total: expect.any(Number) });
  expect(told).not.toHaveProperty('inventories');
});

test.each([
  ['GET', '/zones', {}, 400, "missing header 'Authorization'"],
  ['GET', '/zones', { authorization: 'Basic eA==' }, 400, 'OAuth'],
  ['GET', '/zones/', {}, 400, 'Authorization'],
  ['GET', '/nothing', {}, 404, 'no API'],
  ['GET', '/zones/%ff', {}, 400, 'url'],
  ['GET', '/', {}, 404, 'no API'],
  ['PATCH', '/zones', {}, 405, 'PATCH'],
  ['PUT', '/zones/1/actions', {}, 400, 'updateZone'],
  ['GET', '/api-jobs/1', {}, 400, '32'],
  ['GET', `/api-jobs/${'0'.repeat(32)}`, {}, 404, 'job'],
])('REST: %s %s with %j is %i in plain text', async (method, path, headers, code, words) => {
  world.session = undefined;
  const answer = await world.rest(method, path, undefined, headers);
  expect(answer).toMatchObject({ status: code, json: undefined, text: expect.stringContaining(words) });
});

test.each(['{', 'x', '"'])('REST refuses the body %s', async (body) => {
  expect(await world.rest('POST', '/zones', body)).toMatchObject({ status: 400, json: undefined });
});

test('a body of ten megabytes is refused at once, and nothing else suffers', async () => {
  const body = JSON.stringify({ [CREATE]: { name: 'x'.repeat(10_000_000) } });
  expect((await world.raw(body)).status).toBe(413);
  expect((await world.rest('POST', '/zones', body)).status).toBe(413);
  expect((await world.rpc(QUERY)).success).toBe(true);
});

test('deep and strange JSON is refused like any other', async () => {
  const deep = `{"${CREATE}":{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
  expect(await world.raw(deep)).toMatchObject({ status: 200, json: undefined });
  const strange = await world.raw(
    `{"${CREATE}":{"__proto__":{"name":"x"},"session":{"uuid":"${world.session}"}}}`,
  );
  expect(strange.text).toContain('SYS.1007');
});

describe('sessions', () => {
  test.each([undefined, '', 'x', 'f'.repeat(32)])(
    '%s is none: ID.1001, before any uuid is looked at',
    async (uuid) => {
      const fields = { session: uuid === undefined ? {} : { uuid }, uuid: 'f'.repeat(32) };
      const told = await world.rpc(`${HEADER}.zone.APIUpdateZoneMsg`, fields);
      expect(told.error).toMatchObject({
        code: 'ID.1001',
        details: expect.stringContaining('Session expired'),
      });
    },
  );

  test('by both wires; each log-out ends its own', async () => {
    const password = sentFor('password');
    for (const method of ['PUT', 'POST']) {
      const body = { logInByAccount: { accountName: 'admin', password } };
      const { json } = await world.rest(method, '/accounts/login', body);
      const path = `/accounts/sessions/${json.inventory.uuid}`;
      expect((await world.rest('GET', `${path}/valid`)).json).toEqual({ valid: true });
      expect(await world.rest('DELETE', path)).toMatchObject({ status: 200, text: '' });
      expect((await world.rest('GET', `${path}/valid`)).json).toEqual({ valid: false });
    }
    expect((await world.rpc(QUERY)).success).toBe(true);
    await world.rpc(`${HEADER}.identity.APILogOutMsg`, { sessionUuid: world.session });
    expect((await world.rpc(QUERY)).error?.code).toBe('ID.1001');
  });

  test('a wrong name and a wrong password get the same answer', async () => {
    const wrong = [
      await world.rpc(LOG_IN, { accountName: 'admin', password: sentFor('no') }),
      await world.rpc(LOG_IN, { accountName: 'nobody', password: sentFor('password') }),
    ];
    expect(wrong[0]?.error).toMatchObject({ code: 'ID.1000' });
    expect(wrong[1]).toEqual(wrong[0]);
  });

  test('this machine is here by the addresses of its NICs too', async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap((own) => own ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4');
    const answer = await fetch(world.url('/v1/accounts/login', outside?.address), {
      method: 'PUT',
      body: JSON.stringify({ logInByAccount: { accountName: 'admin', password: sentFor('password') } }),
    });
    expect(answer.status).toBe(200);
  });

  test('the password is changed by whoever is logged in; others are logged out', async () => {
    const first = world.session;
    await world.logIn();
    const change = (password: string) => world.rpc(`${HEADER}.identity.APIUpdateAccountMsg`, { password });
    expect((await change('plain')).error?.code).toBe('SYS.1007');
    expect((await change(sentFor('password'))).error?.details).toContain('initial');
    const changed = await change(sentFor('new'));
    expect(changed.inventory).toMatchObject({ name: 'admin', type: 'SystemAdmin' });
    expect(JSON.stringify(changed)).not.toContain('scrypt');
    expect((await world.rpc(QUERY)).success).toBe(true);
    expect((await world.rpc(QUERY, { session: { uuid: first } })).error?.code).toBe('ID.1001');
    expect((await world.logIn()).error?.code).toBe('ID.1000');
    expect((await world.logIn('new')).success).toBe(true);
  });

  test('wrong passwords slow down for this address; those at once count one by one', async () => {
    await world.logIn('new');
    const wrong = (accountName: string) => world.rpc(LOG_IN, { accountName, password: sentFor('no') });
    // No time passes while they are answered, however long that takes.
    vi.useFakeTimers({ toFake: ['Date'] });
    const tries = await Promise.all(Array.from({ length: 14 }, () => wrong('admin')));
    expect(tries.every(({ error }) => error?.code === 'ID.1000')).toBe(true);
    const refused = tries.filter(({ error }) => error?.details.includes('again in 2 seconds'));
    expect(refused).toHaveLength(11);
    expect((await world.logIn('new')).error?.details).toContain('again in 2 seconds');
    vi.setSystemTime(Date.now() + 2_100);
    expect((await world.logIn('new')).success).toBe(true);
    // What was right forgets what was wrong.
    expect((await wrong('admin')).error?.details).toBe('wrong account name or password');
  });
});

test('no password stands in the log', () => {
  expect(world.logged.join('\n')).not.toMatch(/scrypt|[0-9a-f]{128}/);
});
