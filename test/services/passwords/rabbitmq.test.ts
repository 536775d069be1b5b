import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Secret } from '../../../src/api/secret-text.ts';
import { isBrokerPassword } from '../../../src/system/rabbitmq.ts';
import { filesWith } from '../../screens/search.ts';
import { killedAtMoments } from '../moments.ts';
import { openFolder, RabbitServer } from '../servers.ts';
import { SYSTEM_ROOT, World } from './world.ts';

// Its command takes seconds, and beside other work half a minute.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const OLD = 'old broker word';
const NEW = `new "word" \\ 密码`;

let server: RabbitServer;
let folder: string;
let world: World;

const place = (more: object = {}) => ({
  folder,
  socket: '/nowhere',
  broker: { command: server.command, env: server.env },
  ...more,
});

beforeAll(async () => {
  server = await RabbitServer.create();
  await server.ctl(['add_user', 'zstack'], `${OLD}\n`);
  await server.ctl(['set_permissions', 'zstack', '.*', '.*', '.*']);
});
afterAll(() => server.remove());

beforeEach(async () => {
  folder = openFolder('broker-password-');
  world = new World(place());
  await prepare();
  return () => rmSync(folder, { recursive: true });
});

async function prepare(): Promise<void> {
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  await server.ctl(['change_password', 'zstack'], `${OLD}\n`);
  await world.write(
    `CloudBus.serverIp.0 = 127.0.0.1:${server.port}\nCloudBus.rabbitmqUsername = zstack\nCloudBus.rabbitmqPassword = ${OLD}\n`,
  );
  await world.service.restart();
  await world.journal.recover();
}

const change = (one: World, more: object = {}) =>
  one.call('broker.changePassword', { rootPassword: SYSTEM_ROOT, newPassword: NEW, ...more });

const opens = (text: string) =>
  isBrokerPassword({ host: '127.0.0.1', port: server.port, user: 'zstack', password: new Secret(text) });

async function holders(one: World): Promise<string[]> {
  const [old, next] = [await opens(OLD), await opens(NEW)];
  const inText = (text: string) => (text.includes(`Password = ${OLD}\n`) ? 'old' : 'new');
  return [
    old === next ? 'both or none' : old ? 'old' : 'new',
    inText(await one.configuration()),
    inText(one.runsWith),
  ];
}

test('new everywhere, by the broker’s own command as well', async () => {
  await change(world);
  expect(await holders(world)).toEqual(['new', 'new', 'new']);
  expect(await server.ctl(['authenticate_user', 'zstack'], `${NEW}\n`)).toContain('Success');
});

test('wrong root password: named field, nothing changed', async () => {
  const fault = await change(world, { rootPassword: 'wrong' }).catch((thrown) => thrown);
  expect(fault).toMatchObject({ kind: 'refused', field: 'rootPassword' });
  expect(await holders(world)).toEqual(['old', 'old', 'old']);
});

test('the service does not come back with the new one: old everywhere', async () => {
  const stubborn = new World(place({ refuses: 'u5bc6' }));
  await expect(change(stubborn)).rejects.toMatchObject({ words: { en: 'the service does not start' } });
  expect(await holders(stubborn)).toEqual(['old', 'old', 'old']);
});

test('no broker is configured', async () => {
  await world.write('DB.user = zstack\n');
  await expect(change(world)).rejects.toMatchObject({ kind: 'conflict' });
});

test('killed at every moment of a change: after recovery old or new everywhere', {
  timeout: 1_800_000,
}, async () => {
  const input = { rootPassword: SYSTEM_ROOT, newPassword: NEW };
  const ends = await killedAtMoments({ place: place(), action: 'broker.changePassword', input }, 7, {
    look: async (where) => {
      const settled = await world.journal.recover();
      const [broker = '', ...others] = await holders(world);
      expect(others, `${where}: ${settled[0]?.words.en}`).toEqual([broker, broker]);
      expect(settled.filter(({ outcome }) => outcome === 'stuck')).toEqual([]);
      return broker;
    },
    again: prepare,
  });
  expect(new Set(ends)).toEqual(new Set(['old', 'new']));
});

test('no secret in the journal, the progress, the broker’s folder or a process list; the search finds a planted one', async () => {
  const word = 'new-word-4711';
  let sampled = '';
  const sampling = setInterval(() => {
    sampled += execFileSync('ps', ['axeww', '-o', 'args'], { encoding: 'utf8' });
  }, 100);
  await change(world, { newPassword: word });
  clearInterval(sampling);
  const planted = join(server.folder, 'planted');
  writeFileSync(planted, `x ${word} x`);
  const holding = [join(folder, 'data'), server.folder].flatMap((root) => filesWith(root, word));
  expect(holding).toEqual([planted]);
  expect(sampled.length).toBeGreaterThan(100);
  expect(world.progress.join('\n') + sampled).not.toContain(word);
});
