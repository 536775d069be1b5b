import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listBackups } from '../../src/node/backup/files.ts';
import { MariadbEngine } from '../../src/node/backup/mariadb.ts';
import { type BackupOptions, backUp } from '../../src/node/backup/run.ts';
import { MariadbServer, openFolder, until } from './servers.ts';

let server: MariadbServer;
let folder: string;

beforeAll(async () => {
  server = await MariadbServer.create();
  await fill(server);
});
afterAll(() => server.remove());

beforeEach(() => {
  folder = openFolder('backup-');
  chmodSync(folder, 0o711);
  return () => rmSync(folder, { recursive: true });
});

/** Every kind of thing that a dump can forget, and bytes that it can mangle. */
async function fill({ socket }: MariadbServer): Promise<void> {
  const sql = `
    CREATE DATABASE zstack CHARACTER SET utf8mb4; USE zstack;
    CREATE TABLE vm (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(200), raw VARBINARY(300), at TIMESTAMP(6) NULL, big BIGINT UNSIGNED, n DECIMAL(20,6), j JSON);
    INSERT INTO vm (name, raw, at, big, n, j) VALUES ('中文 😀 ''quoted'' \\\\ "x"', UNHEX('00FF0A0D1A5C27'), '2026-11-22 00:30:00.123456', 18446744073709551615, -1.5, '{"a":[1,null]}'), (NULL, NULL, NULL, NULL, NULL, NULL);
    INSERT INTO vm (name, big) SELECT CONCAT('vm-', seq), seq FROM seq_1_to_5000;
    CREATE VIEW named AS SELECT id, name FROM vm WHERE name IS NOT NULL;
    CREATE TABLE log (id INT PRIMARY KEY AUTO_INCREMENT, what VARCHAR(50));
    DELIMITER //
    CREATE TRIGGER remember AFTER INSERT ON vm FOR EACH ROW INSERT INTO log (what) VALUES (NEW.id)//
    CREATE PROCEDURE twice(IN n INT) BEGIN SELECT n * 2; END//
    CREATE FUNCTION one() RETURNS INT DETERMINISTIC RETURN 1//
    CREATE EVENT sweep ON SCHEDULE EVERY 1 DAY DO DELETE FROM log//
    DELIMITER ;
    CREATE DATABASE zstack_rest; CREATE TABLE zstack_rest.api (id INT PRIMARY KEY); INSERT INTO zstack_rest.api VALUES (7);
    CREATE DATABASE other; CREATE TABLE other.thing (id INT);`;
  execFileSync(
    'mariadb',
    ['--no-defaults', `--socket=${socket}`, '-uroot', '--default-character-set=utf8mb4'],
    { input: sql },
  );
}

const options = (more: Partial<BackupOptions> = {}): BackupOptions => ({
  folder,
  engine: new MariadbEngine(server.socket),
  name: 'zstack-backup-db',
  keep: 3,
  signal: new AbortController().signal,
  progress: () => {},
  ...more,
});

const plainClient = ({ socket }: MariadbServer, sql: string | Buffer): string =>
  execFileSync('mariadb', ['--no-defaults', `--socket=${socket}`, '-uroot', '-NB'], {
    input: sql,
    maxBuffer: 1e9,
  }).toString();

/** Every row and every definition, as the plain client of the server prints them. */
const contentOf = (one: MariadbServer): string =>
  plainClient(
    one,
    `SELECT * FROM zstack.vm ORDER BY id; SELECT * FROM zstack.log ORDER BY id; SELECT * FROM zstack.named ORDER BY id; SELECT * FROM zstack_rest.api;
     SHOW CREATE TABLE zstack.vm; SHOW CREATE VIEW zstack.named; SHOW CREATE TRIGGER zstack.remember; SHOW CREATE PROCEDURE zstack.twice; SHOW CREATE FUNCTION zstack.one; SHOW CREATE EVENT zstack.sweep;`,
  ).replaceAll(/\t\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d\b/g, '');

test('dumped, proven, and loaded by the plain client into an empty server row by row', async () => {
  const words: string[] = [];
  const done = await backUp(options({ progress: ({ en }) => words.push(en) }));
  expect(done.path).toMatch(/zstack-backup-db-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.gz$/);
  expect(done.verified).toEqual({ tables: 3, rows: 5002 + 1 });
  expect(words.some((text) => text.startsWith('proving'))).toBe(true);
  const sql = gunzipSync(readFileSync(done.path));
  expect(sql.length).toBe(done.sql);
  expect(sql.toString('latin1', 0, 200)).not.toContain('sandbox');
  expect(sql.includes('other')).toBe(false);
  expect(statSync(done.path).mode & 0o777).toBe(0o600);
  const empty = await MariadbServer.create();
  try {
    plainClient(empty, sql);
    expect(contentOf(empty)).toBe(contentOf(server));
  } finally {
    await empty.remove();
  }
  expect(readdirSync(folder)).toEqual([done.path.split('/').at(-1)]);
});

test('the proof leaves alone what the live server has among its temporary tables', async () => {
  const live = join(tmpdir(), '#sql-temptable-ffff-1-1.MAI');
  writeFileSync(live, 'x');
  execFileSync('chown', ['mysql', live]);
  try {
    await backUp(options());
    expect(existsSync(live)).toBe(true);
  } finally {
    rmSync(live, { force: true });
  }
});

test('the newest are kept, and only own files are ever removed', async () => {
  const names = ['2020-01-01_00-30-00', '2020-01-02_00-30-00', '2030-01-01_00-30-00'].map(
    (stamp) => `zstack-backup-db-${stamp}.gz`,
  );
  for (const name of [...names, 'mine.gz', 'zstack-backup-db-2020.gz', '.zstack-dump-aa.partial']) {
    writeFileSync(join(folder, name), 'x');
  }
  const done = await backUp(options());
  expect(done.removed).toEqual(['zstack-backup-db-2020-01-01_00-30-00.gz']);
  const left = (await listBackups(folder)).map(({ path }) => path);
  expect(left).toContain(done.path);
  expect(left.length).toBe(3);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['mine.gz', 'zstack-backup-db-2020.gz']));
  expect(readdirSync(folder)).not.toContain('.zstack-dump-aa.partial');
});

test('two at once: the second is told who is at it', async () => {
  const ends = await Promise.allSettled([backUp(options()), backUp(options())]);
  const faults = ends.filter((end) => end.status === 'rejected').map(({ reason }) => reason);
  expect(faults).toMatchObject([{ kind: 'conflict' }]);
  expect(faults[0].words.en).toContain(`pid ${process.pid}`);
});

test('a database that is down: said so, nothing left, nothing removed', async () => {
  writeFileSync(join(folder, 'zstack-backup-db-2020-01-01_00-30-00.gz'), 'x');
  await expect(backUp(options({ engine: new MariadbEngine('/nowhere'), keep: 1 }))).rejects.toMatchObject({
    kind: 'unavailable',
  });
  expect(readdirSync(folder)).toEqual(['zstack-backup-db-2020-01-01_00-30-00.gz']);
});

test('a full disk: said so, the old one stays, nothing half is left', async () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24k', 'tmpfs', folder]);
  try {
    writeFileSync(join(folder, 'zstack-backup-db-2020-01-01_00-30-00.gz'), 'x');
    const full = await backUp(options({ keep: 1 })).catch((thrown) => thrown);
    expect(full.words.en).toContain('the disk is full');
    expect(readdirSync(folder)).toEqual(['zstack-backup-db-2020-01-01_00-30-00.gz']);
  } finally {
    execFileSync('umount', [folder]);
  }
});

test('too little room for the proof: the dump is made and said to be unproven', async () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=10m', 'tmpfs', folder]);
  try {
    const { verified } = await backUp(options());
    expect(verified).toMatchObject({ why: { en: expect.stringContaining('free space') } });
  } finally {
    execFileSync('umount', [folder]);
  }
});

test('killed while it dumps or proves: no server is left over, and the next one clears up', async () => {
  const child = spawn(
    process.execPath,
    [new URL('backup-child.ts', import.meta.url).pathname, folder, server.socket],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  await until(async () => (said.includes('proving the dump:') ? true : undefined));
  child.kill('SIGKILL');
  await until(async () => {
    const running = execFileSync('ps', ['axww', '-o', 'args'], { encoding: 'utf8' });
    return running.includes(`${folder}/`) ? undefined : true;
  });
  expect(readdirSync(folder).length).toBe(2);
  const done = await backUp(options());
  expect(readdirSync(folder)).toEqual([done.path.split('/').at(-1)]);
});

test('a dump that is cut short or is none is told from a whole one', async () => {
  const { readDump } = await import('../../src/node/backup/dump-text.ts');
  const whole = readFileSync((await backUp(options())).path);
  const path = join(folder, 'broken.gz');
  for (const bytes of [
    whole.subarray(0, whole.length - 50),
    Buffer.from('no gzip'),
    gzipSync('SELECT 1;\n'),
  ]) {
    writeFileSync(path, bytes);
    await expect(readDump(path).resume().toArray()).rejects.toMatchObject({ kind: 'failed' });
  }
});
