import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { backUp } from '../../src/node/backup/run.ts';
import type { BackupDone } from '../../src/node/backup/schema.ts';
import { World } from './passwords/world.ts';
import { ended, MariadbServer, openFolder } from './servers.ts';

const ROOT = 'root word';
let server: MariadbServer;
let folder: string;
let world: World;
let made: BackupDone;

const place = (more: object = {}) => ({ folder, socket: server.socket, ...more });

beforeAll(async () => {
  server = await MariadbServer.create();
  using root = await server.root();
  await root.query(
    'ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD(?) OR unix_socket',
    [ROOT],
  );
  await root.query('CREATE USER zstack@localhost IDENTIFIED BY ?', ['x']);
});
afterAll(() => server.remove());

beforeEach(async () => {
  folder = openFolder('restore-');
  mkdirSync(join(folder, 'backups'));
  world = new World(place());
  await world.write(`DB.url = jdbc:mysql://127.0.0.1:${server.port}\nDB.user = zstack\nDB.password = x\n`);
  await world.journal.recover();
  await set('dumped');
  made = await backUp({
    folder: join(folder, 'backups'),
    socket: server.socket,
    name: 'zstack-backup-db',
    keep: 3,
    signal: new AbortController().signal,
    progress: () => {},
  });
  await set('live');
  await world.service.restart();
  return () => rmSync(folder, { recursive: true });
});

async function set(word: string): Promise<void> {
  using root = await server.root();
  await root.query('DROP DATABASE IF EXISTS zstack');
  await root.query('CREATE DATABASE zstack');
  await root.query('CREATE TABLE zstack.state (id INT PRIMARY KEY AUTO_INCREMENT, word VARCHAR(40))');
  await root.query('INSERT INTO zstack.state (word) SELECT ? FROM mysql.help_topic LIMIT 400', [word]);
}

/** The one word in all rows, with how many there are. */
async function content(): Promise<string> {
  using root = await server.root();
  const rows = await root.query('SELECT word, COUNT(*) AS count FROM zstack.state GROUP BY word');
  return rows.map(({ word, count }) => `${word} ${count}`).join();
}

const restore = (one: World, more: object = {}) =>
  one.call('database.restore', { file: made.path, rootPassword: ROOT, ...more });

test('the dump is in the place of the database, the service runs on it, and what was there is kept', async () => {
  const before = await content();
  await restore(world);
  expect(await content()).toBe(before.replace('live', 'dumped'));
  expect(await world.service.isRunning()).toBe(true);
  const safety = readdirSync(join(folder, 'backups')).find((name) =>
    name.startsWith('zstack-before-restore-'),
  );
  expect(safety).toBeDefined();
  await restore(world, { file: join(folder, 'backups', safety ?? '') });
  expect(await content()).toBe(before);
});

test('wrong password, no such file, no dump: nothing is touched', async () => {
  const before = await content();
  const wrong = [{ rootPassword: 'no' }, { file: '/nowhere.gz' }, { file: server.socket }];
  for (const more of wrong) await expect(restore(world, more)).rejects.toThrow();
  expect(await restore(world, { rootPassword: 'no' }).catch((thrown) => thrown.field)).toBe('rootPassword');
  expect(await content()).toBe(before);
  expect(await world.service.isRunning()).toBe(true);
});

test('the service does not start on it: the database is as it was, and the service runs on that', async () => {
  const before = await content();
  const choosy = new World(place({ refusesState: 'dumped' }));
  const fault = await restore(choosy).catch((thrown) => thrown);
  expect(fault.words.en).toContain('does not start on this dump');
  expect(await content()).toBe(before);
  expect(await choosy.service.isRunning()).toBe(true);
});

const CHILD = new URL('passwords/child.ts', import.meta.url).pathname;
const order = (dieAt: number) =>
  JSON.stringify({
    place: place(),
    action: 'database.restore',
    input: { file: made.path, rootPassword: ROOT },
    dieAt,
  });

async function recovered(where: string): Promise<string> {
  const settled = await world.journal.recover();
  await world.features.forgetLeftovers();
  expect(
    settled.filter(({ outcome }) => outcome === 'stuck'),
    where,
  ).toEqual([]);
  const now = (await content()).split(' ')[0] ?? '';
  expect(await world.service.isRunning(), where).toBe(true);
  await set('live');
  rmSync(join(folder, 'data'), { recursive: true });
  return now;
}

test('killed at every moment: after recovery the one or the other, and the service runs', {
  timeout: 600_000,
}, async () => {
  const rows = (await content()).split(' ')[1];
  const ends: string[] = [];
  for (let dieAt = 1; ; dieAt++) {
    const child = spawnSync(process.execPath, [CHILD], {
      input: order(dieAt),
      encoding: 'utf8',
      timeout: 60_000,
    });
    if (child.signal !== 'SIGKILL') {
      expect(child.stderr).toBe('');
      break;
    }
    expect((await content().catch(() => `none ${rows}`)).length).toBeGreaterThan(0);
    ends.push(await recovered(`killed at ${dieAt}`));
  }
  console.log(
    `killed at ${ends.length} moments: ${ends.filter((end) => end === 'live').length} as before, rest restored`,
  );
  expect(new Set(ends)).toEqual(new Set(['live', 'dumped']));
});

test('killed in the midst of loading: as before', { timeout: 120_000 }, async () => {
  const child = spawn(process.execPath, [CHILD], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(order(100_000));
  await loading();
  child.kill('SIGKILL');
  await ended(child);
  expect(['live', 'dumped']).toContain(await recovered('in the midst'));
});

/** The step that loads has begun, by the journal. */
async function loading(): Promise<void> {
  const file = join(folder, 'data', 'journal', 'change-000000001.jsonl');
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes('{"apply":2}')) await delay(2);
}
