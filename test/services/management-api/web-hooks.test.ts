import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Calls } from '../../../src/management/calls/calls.ts';
import { newUuid } from '../../../src/management/calls/doing.ts';
import { imageFiles } from '../../../src/management/images/files.ts';
import { job, readJob } from '../../../src/management/jobs/row.ts';
import { findSession } from '../../../src/management/resource/account/sessions.ts';
import { catalogueOf } from '../../../src/management/resource/catalogue.ts';
import { Vault } from '../../../src/management/secrets/vault.ts';
import { webHookOf, webHookText } from '../../../src/management/wire/web-hook.ts';
import { WebHooks } from '../../../src/management/wire/web-hooks.ts';
import { freePort, until } from '../servers.ts';
import { EngineStore } from './engine-store.ts';
import { flowService } from './flow-service.ts';
import { HookListener } from './hook-listener.ts';
import { NO_CONSOLES } from './no-consoles.ts';
import { ApiWorld, ENGINES, HEADER } from './world.ts';

const API = `${HEADER}.zone.APICreateZoneMsg`;

describe.each(ENGINES)('%s', (engine) => {
  let world: EngineStore;
  const logged: string[] = [];
  const log = (line: string) => void logged.push(line);
  let listener: HookListener;
  beforeAll(async () => {
    world = await EngineStore.open(engine, [job]);
  });
  afterAll(() => world.end());
  beforeEach(async () => {
    listener = await HookListener.start();
    return () => listener.end();
  });

  const files = imageFiles({ servers: '/var/lib/zstack/images', imports: '/var/lib/zstack/import' });
  const service = () => {
    const jobs = flowService(world, newUuid(), [], log);
    const calls = new Calls(
      world.store.tables,
      catalogueOf({ node: { uuid: 'x', version: '1' }, files, consoles: NO_CONSOLES, vault: new Vault() }),
      findSession,
      jobs,
    );
    return { jobs, hooks: new WebHooks(calls, log) };
  };

  const hookOf = async (uuid: string) => (await readJob(world.store.tables, uuid))?.hook;
  const told = (uuid: string) => until(async () => ((await hookOf(uuid)) === null ? true : undefined), 20);
  const ended = (uuid: string, { jobs }: ReturnType<typeof service>, hook: string) =>
    jobs.once({ uuid, api: API, hook }, async () => ({ inventory: { name: 'one' } }));

  test('is told the answer, once, and again only while it is not taken', async () => {
    const at = service();
    const uuid = newUuid();
    listener.codes.push(500, 302);
    await ended(uuid, at, webHookText(listener.url, true, true));
    await told(uuid);
    expect(listener.heard).toHaveLength(3);
    for (const { headers, body } of listener.heard) {
      expect(headers).toMatchObject({ 'x-job-uuid': uuid, 'x-job-success': 'true' });
      expect(body).toEqual({
        inventory: { name: 'one' },
        schema: { inventory: `${HEADER}.zone.ZoneInventory` },
      });
    }
    await at.hooks.stop();
  });

  test('a service that was away in between goes on, with the tries that were left', async () => {
    const at = service();
    const uuid = newUuid();
    const port = await freePort();
    await ended(uuid, at, webHookText(`http://127.0.0.1:${port}/`, true, false));
    await until(async () => (webHookOf((await hookOf(uuid)) ?? '').left < 15 ? true : undefined));
    await at.hooks.stop();
    expect(await hookOf(uuid)).not.toBeNull();
    const late = await HookListener.start(port);
    const next = service();
    await next.hooks.resume([]);
    await told(uuid);
    expect(late.heard).toMatchObject([{ body: { inventory: { name: 'one' } } }]);
    await next.hooks.stop();
    await late.end();
  });

  test('the hook of a job that another living service has is not touched', async () => {
    const at = service();
    const uuid = newUuid();
    await at.hooks.stop();
    await ended(uuid, at, webHookText(listener.url, true, false));
    const { owner } = (await readJob(world.store.tables, uuid)) ?? {};
    const other = service();
    await other.hooks.resume([owner ?? '']);
    await other.hooks.stop();
    expect(listener.heard).toEqual([]);
    expect(await hookOf(uuid)).not.toBeNull();
  });

  test('is given up when the last try fails', async () => {
    const at = service();
    const uuid = newUuid();
    const hook = { ...webHookOf(webHookText(listener.url, true, false)), left: 2 };
    listener.codes.push(500, 500);
    await ended(uuid, at, JSON.stringify(hook));
    const given = `job ${uuid} is given up`;
    await until(async () => (logged.some((line) => line.includes(given)) ? true : undefined));
    expect(listener.heard).toHaveLength(2);
    expect(await hookOf(uuid)).toBeNull();
    await at.hooks.stop();
  });

  test.each(['127.0.0.1', 'localhost', '[::1]'])(
    'a client of another machine does not have this one asked at %s',
    async (host) => {
      const at = service();
      const uuid = newUuid();
      await ended(uuid, at, webHookText(`http://${host}:${listener.port}/`, false, false));
      const given = `job ${uuid} is given up`;
      await until(async () => (logged.some((line) => line.includes(given)) ? true : undefined));
      expect(listener.heard).toEqual([]);
      await at.hooks.stop();
    },
  );
});

describe('by REST', () => {
  let world: ApiWorld;
  let listener: HookListener;
  beforeAll(async () => {
    world = await ApiWorld.start('embedded');
    await world.logIn();
    listener = await HookListener.start();
  });
  afterAll(async () => {
    await listener.end();
    await world.end();
  });

  test('the client chooses the job and is told its success and its failure', async () => {
    const resourceUuid = newUuid();
    const send = (uuid: string, name: string) =>
      world.rest(
        'POST',
        '/zones',
        { params: { name, resourceUuid } },
        { 'x-web-hook': listener.url, 'x-job-uuid': uuid },
      );
    const uuids = [newUuid(), newUuid()];
    for (const uuid of uuids) expect((await send(uuid, 'told')).status).toBe(202);
    await until(async () => (listener.heard.length === 2 ? true : undefined));
    const bodies = new Map(listener.heard.map(({ headers, body }) => [headers['x-job-uuid'], body]));
    expect(bodies.get(uuids[0])).toMatchObject({ inventory: { name: 'told' } });
    expect(bodies.get(uuids[1])).toMatchObject({ error: { code: 'SYS.1006' } });
    const [second] = listener.heard.filter(({ headers }) => headers['x-job-uuid'] === uuids[1]);
    expect(second?.headers['x-job-success']).toBe('false');
    expect((await world.rest('GET', `/api-jobs/${uuids[0]}`)).json).toEqual(bodies.get(uuids[0]));
  });

  test.each([
    ['no address', 'hook'],
    ['another protocol', 'file:///etc/passwd'],
    ['a password', 'http://a:b@host/'],
    ['something endless', `http://host/${'x'.repeat(3000)}`],
  ])('%s is refused and nothing is made', async (_, url) => {
    const body = { params: { name: 'never' } };
    const answer = await world.rest('POST', '/zones', body, { 'x-web-hook': url });
    expect(answer).toMatchObject({ status: 503, json: { error: { code: 'SYS.1007' } } });
    expect(answer.json.error.details).toContain('X-Web-Hook');
    expect((await world.rest('GET', '/zones?q=name=never')).json.inventories).toEqual([]);
  });

  test('a job is cancelled by whoever asked for it, and nobody else', async () => {
    const { json } = await world.rest('POST', '/zones', { params: { name: 'cancelled' } });
    const path = new URL(json.location).pathname.replace('/zstack/v1', '');
    expect(await world.rest('DELETE', path)).toMatchObject({ status: 200, text: '' });
    expect((await world.rest('DELETE', `/api-jobs/${newUuid()}`)).status).toBe(404);
    expect((await world.rest('DELETE', '/api-jobs/1')).status).toBe(400);
    const session = world.session;
    world.session = newUuid();
    expect((await world.rest('DELETE', path)).json.error.code).toBe('ID.1001');
    world.session = undefined;
    expect((await world.rest('DELETE', path)).status).toBe(400);
    world.session = session;
  });

  test('a timeout that is no number is told by both wires', async () => {
    const body = { params: { name: 'x', timeout: 'soon' } };
    expect((await world.rest('POST', '/zones', body)).json.error.details).toContain('timeout');
    const text = JSON.stringify({ [API]: { name: 'x', timeout: 'soon', session: { uuid: world.session } } });
    expect((await world.raw(text)).text).toContain('timeout');
  });
});
