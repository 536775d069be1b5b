import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Secret } from '../../src/api/secret-text.ts';
import { isBrokerPassword } from '../../src/system/rabbitmq.ts';
import { killedAtMoments } from './moments.ts';
import { World } from './passwords/world.ts';
import { MariadbServer, openFolder, RabbitServer } from './servers.ts';

// The broker's command takes seconds, and beside other work half a minute.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const WORD = 'broker word';
const WANTED = { address: '192.0.2.7', port: '4950' };

let server: RabbitServer;
let database: MariadbServer;
let folder: string;
let world: World;

const place = (more: object = {}) => ({
  folder,
  socket: '/nowhere',
  broker: { command: server.command, env: server.env },
  ...more,
});

beforeAll(async () => {
  [server, database] = await Promise.all([RabbitServer.create(), MariadbServer.create()]);
});
afterAll(() => Promise.all([server.remove(), database.remove()]));

beforeEach(async () => {
  folder = openFolder('console-proxy-');
  world = new World(place());
  await prepare();
  return () => rmSync(folder, { recursive: true });
});

const BEFORE = () =>
  `CloudBus.serverIp.0 = 127.0.0.1:${server.port}\nCloudBus.rabbitmqUsername = zstack\nCloudBus.rabbitmqPassword = ${WORD}\nconsoleProxyPort = 4901\n`;

async function prepare(): Promise<void> {
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  if (!(await server.ctl(['list_users', '--quiet'])).includes('zstack')) {
    await server.ctl(['add_user', 'zstack'], `${WORD}\n`);
  }
  await server.ctl(['set_permissions', 'zstack', '.*', '.*', '.*']);
  await world.write(BEFORE());
  await world.service.restart();
  await world.journal.recover();
}

const opens = () =>
  isBrokerPassword({
    host: '127.0.0.1',
    port: server.port,
    user: 'zstack',
    password: new Secret(WORD),
  });

test('a broker that lost the service’s user: made anew, the service runs with the new setting', async () => {
  await server.ctl(['delete_user', 'zstack']);
  expect(await world.call('consoleProxy.configure', WANTED)).toEqual({
    service: 'restarted',
    broker: 'made anew',
  });
  expect(await opens()).toBe(true);
  expect(await server.ctl(['list_user_permissions', 'zstack', '--quiet'])).toContain('.*');
  expect(await world.call('consoleProxy.read', {})).toEqual(WANTED);
  expect(world.runsWith).toContain('consoleProxyOverriddenIp = 192.0.2.7');
});

test('a port that another program holds is refused, and the program named', async () => {
  const fault = await world
    .call('consoleProxy.configure', { port: String(database.port) })
    .catch((thrown) => thrown);
  expect(fault).toMatchObject({
    kind: 'conflict',
    field: 'port',
    words: { en: `${database.port} is in use by mariadbd` },
  });
  expect(await world.configuration()).toBe(BEFORE());
});

test('the service does not come back with it: all as before', async () => {
  const stubborn = new World(place({ refuses: '4950' }));
  await expect(stubborn.call('consoleProxy.configure', WANTED)).rejects.toMatchObject({
    words: { en: 'the service does not start' },
  });
  expect(await stubborn.configuration()).toBe(BEFORE());
  expect(stubborn.runsWith).toBe(BEFORE());
  expect(await opens()).toBe(true);
});

test('another machine’s broker is left alone', async () => {
  await world.write('CloudBus.serverIp.0 = 192.0.2.99\n');
  rmSync(join(folder, 'runs-with'));
  expect(await world.call('consoleProxy.configure', WANTED)).toEqual({
    service: 'not running',
    broker: 'elsewhere',
  });
});

test('killed at every moment: after recovery file and service agree', { timeout: 1_200_000 }, async () => {
  const ends = await killedAtMoments({ place: place(), action: 'consoleProxy.configure', input: WANTED }, 5, {
    look: async (where) => {
      const settled = await world.journal.recover();
      expect(settled.filter(({ outcome }) => outcome === 'stuck')).toEqual([]);
      const text = await world.configuration();
      expect(world.runsWith, where).toBe(text);
      expect(await opens()).toBe(true);
      return text === BEFORE() ? 'old' : 'new';
    },
    again: prepare,
  });
  expect(new Set(ends)).toEqual(new Set(['old', 'new']));
});
