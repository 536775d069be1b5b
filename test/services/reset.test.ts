import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/management/store/store.ts';
import type { Restored } from '../../src/node/backup/schema.ts';
import type { ResetDone } from '../../src/node/reset/schema.ts';
import { type Deed, killedAtMoments } from './moments.ts';
import { World, type WorldPlace } from './passwords/world.ts';
import { MariadbServer, openFolder } from './servers.ts';

const ROOT = 'root word';
const PHRASES = { keep: 'reset zstack', drop: 'reset zstack drop database' };
type Kind = 'MySQL' | 'embedded';

let server: MariadbServer;
let folder: string;
let world: World;

const place = (more: Partial<WorldPlace> = {}): WorldPlace => ({ folder, socket: server.socket, ...more });

beforeAll(async () => {
  server = await MariadbServer.create();
  using root = await server.root();
  await root.query(
    'ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD(?) OR unix_socket',
    [ROOT],
  );
  await root.query('CREATE USER zstack@localhost IDENTIFIED BY ?', ['x']);
  await root.query('GRANT ALL ON zstack.* TO zstack@localhost');
});
afterAll(() => server.remove());

beforeEach(() => {
  folder = openFolder('reset-');
  world = new World(place());
  return () => rmSync(folder, { recursive: true });
});

const ESSENTIAL = (kind: Kind): string =>
  kind === 'embedded'
    ? 'management.server.ip = 192.0.2.1\n'
    : `management.server.ip = 192.0.2.1\nDB.url = jdbc:mysql://127.0.0.1:${server.port}\nDB.user = zstack\nDB.password = x\n`;
const OWN = 'anOwnSetting = 1\n';

/** A management node that has run for a while: 100 rows, a setting of its own, caches. */
async function prepare(kind: Kind): Promise<void> {
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  rmSync(join(folder, 'backups'), { recursive: true, force: true });
  rmSync(`${world.properties}.before-reset`, { force: true });
  await world.write(`# by hand\n${ESSENTIAL(kind)}${OWN}`);
  mkdirSync(join(dirname(world.store), 'compile-cache'), { recursive: true });
  writeFileSync(join(dirname(world.store), 'compile-cache', 'x'), 'stale');
  await fill(kind);
  await world.service.restart();
  await world.journal.recover();
}

async function fill(kind: Kind): Promise<void> {
  if (kind === 'embedded') {
    for (const end of ['', '-wal', '-shm']) rmSync(world.store + end, { force: true });
    const store = await openStore(dirname(world.store), undefined);
    const values = Array.from({ length: 100 }, (_, at) => ({ name: `n${at}`, value: 'live' }));
    await store.database.insertInto('setting').values(values).execute();
    await store.close();
    return;
  }
  using root = await server.root();
  await root.query('DROP DATABASE IF EXISTS zstack');
  await root.query('CREATE DATABASE zstack');
  await root.query('CREATE TABLE zstack.state (id INT PRIMARY KEY AUTO_INCREMENT, word VARCHAR(40))');
  await root.query('INSERT INTO zstack.state (word) SELECT ? FROM mysql.help_topic LIMIT 100', ['live']);
}

/** How many rows of those there are; undefined when their table is not. */
async function rows(kind: Kind): Promise<number | undefined> {
  if (kind === 'embedded') {
    const store = await openStore(dirname(world.store), undefined);
    const found = await store.database.selectFrom('setting').select('value').execute();
    await store.close();
    return found.length;
  }
  using root = await server.root();
  const tables = await root.query('SHOW TABLES FROM zstack');
  if (tables.length === 0) return undefined;
  const [row] = await root.query("SELECT COUNT(*) AS count FROM zstack.state WHERE word = 'live'");
  return Number(row?.count);
}

const EMPTY: Record<Kind, number | undefined> = { embedded: 0, MySQL: undefined };

const reset = (one: World, database: 'keep' | 'drop') =>
  one.call<ResetDone>('reset.management', { database, phrase: PHRASES[database] });

const dumps = (): string[] =>
  existsSync(join(folder, 'backups')) ? readdirSync(join(folder, 'backups')) : [];

describe.each(['embedded', 'MySQL'] as const)('%s', (kind) => {
  beforeEach(() => prepare(kind));

  test('keeps the database: dump proved, configuration bare, its copy whole, caches gone, service runs', async () => {
    const done = await reset(world, 'keep');
    expect(await rows(kind)).toBe(100);
    expect(await world.configuration()).toBe(ESSENTIAL(kind));
    expect(execFileSync('cat', [done.configuration ?? ''], { encoding: 'utf8' })).toBe(
      `# by hand\n${ESSENTIAL(kind)}${OWN}`,
    );
    expect(readdirSync(dirname(world.store))).not.toContain('compile-cache');
    expect(done).toMatchObject({ started: true, proven: { rows: expect.any(Number) } });
    expect(existsSync(done.dump ?? '')).toBe(true);
    expect(world.runsWith).toBe(ESSENTIAL(kind));
  });

  test('drops it: empty, the service runs on it, and the dump brings every row back', async () => {
    const done = await reset(world, 'drop');
    expect(await rows(kind)).toBe(EMPTY[kind]);
    expect(done.started).toBe(true);
    const input = { file: done.dump, ...(kind === 'MySQL' ? { rootPassword: ROOT } : {}) };
    await world.call('database.restore', input);
    expect(await rows(kind)).toBe(100);
  });

  test('the service does not start on it: database and configuration are as before, the service runs', async () => {
    const before = await world.configuration();
    const choosy = new World(place({ needs: 'anOwnSetting' }));
    const fault = await reset(choosy, 'drop').catch((thrown) => thrown);
    expect(fault.words.en).toContain('does not start after the reset');
    expect(await rows(kind)).toBe(100);
    expect([await choosy.configuration(), choosy.runsWith]).toEqual([before, before]);
    expect(dumps().filter((name) => name.startsWith('zstack-before-reset-')).length).toBe(1);
  });

  test('a dump that cannot be proved: nothing is dropped, the service runs', async () => {
    mkdirSync(join(folder, 'backups'));
    // Room for the dump, and none to try it.
    const size = kind === 'MySQL' ? '50M' : '8k';
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', join(folder, 'backups')]);
    try {
      const fault = await reset(world, 'drop').catch((thrown) => thrown);
      expect(['conflict', 'failed']).toContain(fault.kind);
      expect(await rows(kind)).toBe(100);
      expect(await world.service.isRunning()).toBe(true);
      expect(dumps().filter((name) => name.endsWith('.gz'))).toEqual([]);
    } finally {
      execFileSync('umount', [join(folder, 'backups')]);
    }
  });

  test('killed at any moment: after recovery all of it or nothing, the service runs', {
    timeout: 900_000,
  }, async () => {
    const ends = await killedAtMoments(deed(), kind === 'MySQL' ? 40 : 5, {
      look: async (where) => {
        const settled = await world.journal.recover();
        expect(
          settled.filter(({ outcome }) => outcome === 'stuck'),
          where,
        ).toEqual([]);
        const now = await rows(kind);
        const bare = (await world.configuration()) === ESSENTIAL(kind);
        expect([100, EMPTY[kind]], where).toContain(now);
        expect(bare, where).toBe(now !== 100);
        expect(world.runsWith, where).toBe(await world.configuration());
        if (now !== 100) expect(dumps().some((name) => name.startsWith('zstack-before-reset-'))).toBe(true);
        return now === 100 ? 'before' : 'empty';
      },
      again: () => prepare(kind),
    });
    expect(new Set(ends)).toEqual(new Set(['before', 'empty']));
  });
});

const deed = (): Deed => ({
  place: place(),
  action: 'reset.management',
  input: { database: 'drop', phrase: PHRASES.drop },
});

test('a view that stands on nothing: named, and in the dump as a comment', async () => {
  await prepare('MySQL');
  using root = await server.root();
  for (const sql of ['CREATE TABLE zstack.t (id INT)', 'CREATE VIEW zstack.w AS SELECT id FROM zstack.t'])
    await root.query(sql);
  await root.query('DROP TABLE zstack.t');
  const done = await reset(world, 'drop');
  expect(done.left).toEqual(['zstack.w']);
  const text = execFileSync('zcat', [done.dump ?? '']).toString();
  expect(text).toMatch(/^-- CREATE .*VIEW .*w` AS select .*`id` from .*t`;$/m);
  const input = { file: done.dump, rootPassword: ROOT };
  expect((await world.call<Restored>('database.restore', input)).left).toBeUndefined();
  expect(await rows('MySQL')).toBe(100);
});

test('each phrase belongs to its reset', async () => {
  const wrong = [
    { database: 'drop', phrase: PHRASES.keep },
    { database: 'keep', phrase: PHRASES.drop },
    { database: 'keep', phrase: 'Reset ZStack' },
  ];
  for (const input of wrong) await expect(world.call('reset.management', input)).rejects.toThrow();
});
