import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MariadbEngine } from '../../src/node/backup/mariadb.ts';
import { attentionOfBackup, recordIn } from '../../src/node/backup/record.ts';
import { backUp } from '../../src/node/backup/run.ts';
import { MariadbServer, openFolder } from './servers.ts';

let server: MariadbServer;
let folder: string;
let data: string;

beforeAll(async () => {
  server = await MariadbServer.create();
  const keys = join(server.folder, 'keys');
  writeFileSync(keys, `1;${'0123456789abcdef'.repeat(4)}\n`);
  execFileSync('chown', ['mysql', keys]);
  await server.stop();
  await server.start(
    ...['--max-allowed-packet=64M', '--innodb-strict-mode=OFF', '--plugin-load-add=file_key_management.so'],
    ...[`--file-key-management-filename=${keys}`, '--plugin-maturity=unknown'],
  );
});
afterAll(() => server.remove());

beforeEach(() => {
  folder = openFolder('hard-');
  data = join(folder, 'data');
  mkdirSync(data);
  chmodSync(folder, 0o711);
  client(
    'DROP DATABASE IF EXISTS zstack; CREATE DATABASE zstack; USE zstack; CREATE TABLE a (id INT); INSERT INTO a VALUES (1);',
  );
  return () => rmSync(folder, { recursive: true });
});

const client = (sql: string, ...more: string[]): string =>
  execFileSync('mariadb', ['--no-defaults', `--socket=${server.socket}`, '-uroot', '-NB', ...more], {
    input: sql,
  }).toString();

const made = (keep = 3) =>
  backUp({
    folder: join(folder, 'backups'),
    engine: new MariadbEngine(server.socket),
    name: 'zstack-backup-db',
    keep,
    record: recordIn(data),
    signal: new AbortController().signal,
    progress: () => {},
  });

const told = (): string[] => attentionOfBackup(recordIn(data)).map(({ words }) => words.en);

test('a row of 30 MB, and tables that only this server’s settings let be made: dumped and proven', {
  timeout: 400_000,
}, async () => {
  const columns = Array.from({ length: 80 }, (_, at) => `c${at} VARCHAR(255)`).join();
  client(`USE zstack; CREATE TABLE big (raw LONGBLOB); INSERT INTO big VALUES (REPEAT('x', 30 * 1024 * 1024));
    CREATE TABLE wide (${columns}) CHARSET latin1 ROW_FORMAT=COMPACT; CREATE TABLE locked (id INT) ENCRYPTED=YES;`);
  expect((await made()).verified).toEqual({ tables: 4, rows: 2 });
  expect(told()).toEqual([]);
});

test('a view that stands on nothing: the rest is saved, and it is named', { timeout: 400_000 }, async () => {
  client(
    'USE zstack; CREATE TABLE t (id INT); CREATE VIEW w AS SELECT id FROM t; DROP TABLE t; CREATE VIEW good AS SELECT id FROM a;',
  );
  const done = await made();
  expect(done).toMatchObject({ left: ['zstack.w'], verified: { tables: 1, rows: 1 } });
  expect(told()).toEqual([expect.stringMatching(/view zstack\.w; repair or drop it/)]);
  const text = execFileSync('zcat', [done.path]).toString();
  expect(text).toMatch(/^-- CREATE .*VIEW .*w` AS select .*`id` from .*t`;$/m);
  expect(text).toMatch(/\n-- Dump completed\n$/);
  client('DROP VIEW zstack.w');
  expect((await made()).left).toBeUndefined();
  expect(told()).toEqual([]);
});

test('a dump that cannot be proven is kept, says so in ATTENTION, and never outs the last proven one', {
  timeout: 400_000,
}, async () => {
  const good = (await made(2)).path.split('/').at(-1) ?? '';
  // Whatever a server for trying cannot make: its user may not even look into its folder.
  chmodSync(folder, 0o700);
  for (let round = 0; round < 3; round++) {
    const { verified } = await made(2);
    expect(verified).toMatchObject({ why: { en: expect.stringMatching(/^not proven: /) } });
  }
  const left = readdirSync(join(folder, 'backups'));
  expect(left.length).toBe(2);
  expect(left).toContain(good);
  expect(told()).toEqual([expect.stringMatching(/^the last backup is not proven: /)]);
  chmodSync(folder, 0o711);
  await made(2);
  expect(told()).toEqual([]);
});

test('root has a password and no way in by the socket: what to do is said, and stands in ATTENTION', async () => {
  client("ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD('x')");
  try {
    await expect(made()).rejects.toMatchObject({
      kind: 'refused',
      next: { en: expect.stringContaining('change the MySQL root password once') },
    });
    expect(told()).toEqual([
      expect.stringMatching(/^no backup was made: .*change the MySQL root password once/),
    ]);
  } finally {
    client('ALTER USER root@localhost IDENTIFIED VIA unix_socket', '-px');
  }
});
