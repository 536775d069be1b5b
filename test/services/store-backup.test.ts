import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../../src/management/store/store.ts';
import type { BackupDone, Restored } from '../../src/node/backup/schema.ts';
import { killedAtMoments } from './moments.ts';
import { World } from './passwords/world.ts';
import { openFolder } from './servers.ts';

let folder: string;
let world: World;
let made: BackupDone;

const place = (more: object = {}) => ({ folder, socket: '/nowhere', ...more });
const backups = () => join(folder, 'backups');
const opened = (): Promise<Store> => openStore(dirname(world.store), undefined);

beforeEach(async () => {
  folder = openFolder('store-');
  world = new World(place());
  await world.write('management.server.ip = 10.0.0.1\n');
  await world.journal.recover();
  await set('dumped');
  made = await world.call<BackupDone>('database.backup', {});
  await set('live');
  await world.service.restart();
  return () => rmSync(folder, { recursive: true });
});

/** 400 settings with this value. */
async function set(word: string): Promise<void> {
  const store = await opened();
  await store.database.deleteFrom('setting').execute();
  const rows = Array.from({ length: 400 }, (_, at) => ({ name: `name ${at} 中`, value: word }));
  await store.database.insertInto('setting').values(rows).execute();
  await store.close();
}

/** The one word in all settings, with how many there are. */
async function content(): Promise<string> {
  const file = new DatabaseSync(world.store);
  const rows = file.prepare('SELECT value, COUNT(*) AS count FROM setting GROUP BY value').all();
  file.close();
  return rows.map(({ value, count }) => `${value} ${count}`).join();
}

const restore = (one: World, more: object = {}): Promise<Restored> =>
  one.call<Restored>('database.restore', { file: made.path, ...more });

test('a dump is one whole store of its own, proven, and named and kept as any other', async () => {
  expect(made.path).toMatch(/zstack-backup-db-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.gz$/);
  expect(made.verified).toMatchObject({ rows: expect.any(Number) });
  expect((made.verified as { rows: number }).rows).toBeGreaterThan(400);
  expect(statSync(made.path).mode & 0o777).toBe(0o600);
  const copy = join(folder, 'copy.sqlite');
  writeFileSync(copy, gunzipSync(readFileSync(made.path)));
  expect(statSync(copy).size).toBe(made.sql);
  const file = new DatabaseSync(copy);
  expect(file.prepare('SELECT DISTINCT value FROM setting').all()).toEqual([{ value: 'dumped' }]);
  file.close();
  for (const day of ['01', '02'])
    writeFileSync(join(backups(), `zstack-backup-db-2020-01-${day}_00-30-00.gz`), 'x');
  await world.call('database.setTimetable', { times: '3:00', keep: 2 });
  const next = await world.call<BackupDone>('database.backup', {});
  expect(next.removed.length).toBe(2);
  expect(readdirSync(backups()).length).toBe(2);
});

test('the service writes all the time: the dump is of one moment', async () => {
  const writer = new DatabaseSync(world.store, { timeout: 5000 });
  writer.exec('CREATE TABLE pair (id INTEGER PRIMARY KEY, one INTEGER, other INTEGER)');
  writer.exec('INSERT INTO pair VALUES (1, 0, 0)');
  let wrote = 0;
  const writing = setInterval(() => {
    for (let more = 0; more < 20; more++) {
      wrote += 1;
      writer.exec(`BEGIN; UPDATE pair SET one = ${wrote}; UPDATE pair SET other = ${wrote}; COMMIT`);
    }
  }, 1);
  const done = await world.call<BackupDone>('database.backup', {});
  clearInterval(writing);
  writer.close();
  expect(wrote).toBeGreaterThan(20);
  const copy = join(folder, 'copy.sqlite');
  writeFileSync(copy, gunzipSync(readFileSync(done.path)));
  const file = new DatabaseSync(copy);
  const row = file.prepare('SELECT one, other FROM pair').get();
  file.close();
  expect(row?.one).toBe(row?.other);
});

test('the dump is in the place of the store, the service runs on it, and what was there is kept', async () => {
  const before = await content();
  const { safety, started } = await restore(world);
  expect(started).toBe(true);
  expect(await content()).toBe(before.replace('live', 'dumped'));
  expect(await world.service.isRunning()).toBe(true);
  expect(safety).toMatch(/zstack-before-restore-/);
  expect(readdirSync(dirname(world.store)).filter((name) => /before|next/.test(name))).toEqual([]);
  await restore(world, { file: safety });
  expect(await content()).toBe(before);
});

test('a store that is damaged, or gone: the dump takes its place', async () => {
  await world.service.stop();
  truncateSync(world.store, 9000);
  const damaged = readFileSync(world.store);
  const { safety = '' } = await restore(world);
  expect(gunzipSync(readFileSync(safety)).equals(damaged)).toBe(true);
  expect(await content()).toBe('dumped 400');
  rmSync(world.store);
  const { safety: none, started } = await restore(world);
  expect([none, started]).toEqual([undefined, false]);
  expect(await content()).toBe('dumped 400');
  await expect(world.call('database.backup', {})).resolves.toBeDefined();
  rmSync(world.store);
  await expect(world.call('database.backup', {})).rejects.toMatchObject({ kind: 'notFound' });
});

test('no such file, no dump, a dump of MySQL, a damaged one, a foreign one: nothing is touched', async () => {
  const before = await content();
  const wrong = (name: string, bytes: Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const whole = gunzipSync(readFileSync(made.path));
  const foreign = join(folder, 'foreign.sqlite');
  execFileSync(process.execPath, [
    '-e',
    `new (require('node:sqlite').DatabaseSync)(${JSON.stringify(foreign)}).exec('CREATE TABLE x (a)')`,
  ]);
  const files: [string, string, string][] = [
    ['/nowhere.gz', 'notFound', 'there is no file'],
    [wrong('a.gz', Buffer.from('no gzip')), 'conflict', 'this is no dump'],
    [
      wrong('b.gz', gzipSync('-- MariaDB dump 10\n')),
      'conflict',
      'dump of MySQL, and this node keeps its data in the embedded store',
    ],
    [wrong('c.gz', readFileSync(made.path).subarray(0, 4000)), 'failed', 'not whole'],
    [wrong('d.gz', gzipSync(whole.subarray(0, 8192))), 'failed', 'damaged'],
    [wrong('e.gz', gzipSync(readFileSync(foreign))), 'conflict', 'no store of this product'],
  ];
  for (const [file, kind, words] of files) {
    await expect(restore(world, { file }), file).rejects.toMatchObject({
      kind,
      words: { en: expect.stringContaining(words) },
    });
  }
  expect(await content()).toBe(before);
  expect(await world.service.isRunning()).toBe(true);
  expect(readdirSync(backups())).toEqual([made.path.split('/').at(-1)]);
});

test('the service does not start on it: the store is as it was, and the service runs on that', async () => {
  const choosy = new World(place({ refusesState: 'dumped' }));
  await expect(restore(choosy)).rejects.toMatchObject({
    words: { en: expect.stringContaining('does not start on this dump') },
  });
  expect(await content()).toBe('live 400');
  expect(await choosy.service.isRunning()).toBe(true);
});

test('a full disk: said so, the store is as it was, and a backup leaves nothing half behind', async () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', backups()]);
  try {
    writeFileSync(join(backups(), 'filler'), Buffer.alloc(60_000));
    await expect(world.call('database.backup', {})).rejects.toMatchObject({
      words: { en: expect.stringContaining('cannot be written') },
    });
    expect(readdirSync(backups())).toEqual(['filler']);
  } finally {
    execFileSync('umount', [backups()]);
  }
  expect(await content()).toBe('live 400');
});

test('killed at every moment: after recovery the one or the other, and the service runs', {
  timeout: 600_000,
}, async () => {
  const deed = { place: place(), action: 'database.restore', input: { file: made.path } };
  const ends = await killedAtMoments(deed, 5, {
    look: async (where) => {
      const settled = await world.journal.recover();
      expect(
        settled.filter(({ outcome }) => outcome === 'stuck'),
        where,
      ).toEqual([]);
      expect(await world.service.isRunning(), where).toBe(true);
      const [end = '', count] = (await content()).split(' ');
      expect(count, where).toBe('400');
      return end;
    },
    again: async () => {
      await set('live');
      rmSync(join(folder, 'data'), { recursive: true });
    },
  });
  expect(new Set(ends)).toEqual(new Set(['live', 'dumped']));
});

test('the timetable dumps nothing while the service has never run, and says so', () => {
  const program = new URL('../../dist/backup.cjs', import.meta.url).pathname;
  const backup = (...options: string[]) =>
    spawnSync(process.execPath, [program, '--data', join(folder, 'never-ran'), ...options], {
      encoding: 'utf8',
    });
  expect(backup('--if-any')).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to dump') });
  expect(backup()).toMatchObject({ status: 2, stderr: expect.stringContaining('nothing to dump') });
});
