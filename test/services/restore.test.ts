import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MariadbEngine } from '../../src/node/backup/mariadb.ts';
import { backUp } from '../../src/node/backup/run.ts';
import type { BackupDone, Restored } from '../../src/node/backup/schema.ts';
import { type Deed, killedAtMoments } from './moments.ts';
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
    engine: new MariadbEngine(server.socket),
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

const restore = (one: World, more: object = {}): Promise<Restored> =>
  one.call<Restored>('database.restore', { file: made.path, rootPassword: ROOT, ...more });

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

test('a view of before that stands on nothing is named, and in the dump of before as a comment', async () => {
  using root = await server.root();
  for (const sql of ['CREATE TABLE zstack.t (id INT)', 'CREATE VIEW zstack.w AS SELECT id FROM zstack.t'])
    await root.query(sql);
  await root.query('DROP TABLE zstack.t');
  const { left, safety } = await restore(world);
  expect(left).toEqual(['zstack.w']);
  expect(execFileSync('zcat', [safety ?? '']).toString()).toMatch(/^-- CREATE .*VIEW .*w` AS /m);
});

test('wrong password, no such file, no dump: nothing is touched', async () => {
  const before = await content();
  const wrong = [{ rootPassword: 'no' }, { file: '/nowhere.gz' }, { file: server.socket }];
  for (const more of wrong) await expect(restore(world, more)).rejects.toThrow();
  await expect(restore(world, { rootPassword: 'no' })).rejects.toMatchObject({ field: 'rootPassword' });
  await expect(restore(world, { rootPassword: undefined })).rejects.toMatchObject({ field: 'rootPassword' });
  expect(await content()).toBe(before);
  expect(await world.service.isRunning()).toBe(true);
});

test('a dump that brings accounts, or runs programs, is refused before anything is touched', async () => {
  const before = await content();
  const good = gunzipSync(readFileSync(made.path)).toString();
  const ran = join(folder, 'ran');
  const bad: [string, RegExp][] = [
    [
      "INSERT INTO mysql.global_priv VALUES ('%', 'stranger', '{\"access\":18446744073709551615}');",
      /more than/,
    ],
    ['DROP USER IF EXISTS nobody@localhost;', /more than/],
    ["GRANT ALL ON *.* TO stranger@'%' IDENTIFIED BY 'x';", /more than/],
    [`\\! touch ${ran}`, /./],
  ];
  for (const [line, why] of bad) {
    const file = join(folder, 'bad.sql.gz');
    writeFileSync(file, gzipSync(good.replace('-- Dump completed', `${line}\n-- Dump completed`)));
    await expect(restore(world, { file })).rejects.toThrow(why);
  }
  expect(existsSync(ran)).toBe(false);
  expect(await content()).toBe(before);
  using root = await server.root();
  expect(await root.query("SELECT 1 FROM mysql.global_priv WHERE User = 'stranger'")).toEqual([]);
});

test('onto a server that has no database of ours: it is there afterwards, and gone again when it does not do', async () => {
  await world.service.stop();
  const without = async () => {
    using root = await server.root();
    await root.query('DROP DATABASE zstack');
  };
  await without();
  expect(await restore(world)).toEqual({ started: false });
  expect(await content()).toContain('dumped');
  await without();
  const choosy = new World(place({ refusesState: 'dumped' }));
  // It runs on something that is not ours to look at.
  writeFileSync(join(folder, 'runs-with'), '');
  await expect(restore(choosy)).rejects.toThrow();
  await expect(content()).rejects.toThrow();
});

test('the service does not start on it: the database is as it was, and the service runs on that', async () => {
  const before = await content();
  const choosy = new World(place({ refusesState: 'dumped' }));
  await expect(restore(choosy)).rejects.toMatchObject({
    words: { en: expect.stringContaining('does not start on this dump') },
  });
  expect(await content()).toBe(before);
  expect(await choosy.service.isRunning()).toBe(true);
});

const CHILD = new URL('passwords/child.ts', import.meta.url).pathname;
const deed = (): Deed => ({
  place: place(),
  action: 'database.restore',
  input: { file: made.path, rootPassword: ROOT },
});

async function recovered(where: string): Promise<string> {
  const settled = await world.journal.recover();
  expect(
    settled.filter(({ outcome }) => outcome === 'stuck'),
    where,
  ).toEqual([]);
  const now = (await content()).split(' ')[0] ?? '';
  expect(await world.service.isRunning(), where).toBe(true);
  return now;
}

test('killed at every moment: after recovery the one or the other, and the service runs', {
  timeout: 600_000,
}, async () => {
  // Every statement's cut is in the test of the swap.
  const again = async () => {
    await set('live');
    rmSync(join(folder, 'data'), { recursive: true });
  };
  const ends = await killedAtMoments(deed(), 40, { look: recovered, again });
  expect(new Set(ends)).toEqual(new Set(['live', 'dumped']));
});

test('killed in the midst of loading: as before', { timeout: 400_000 }, async () => {
  const child = spawn(process.execPath, [CHILD], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(JSON.stringify({ ...deed(), dieAt: 0 }));
  await loading();
  child.kill('SIGKILL');
  await ended(child);
  expect(['live', 'dumped']).toContain(await recovered('in the midst'));
});

/** The step that loads has begun, by the journal. */
async function loading(): Promise<void> {
  const file = join(folder, 'data', 'journal', 'change-000000001.jsonl');
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes('{"apply":0}')) await delay(2);
}
