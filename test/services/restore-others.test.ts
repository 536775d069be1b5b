import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { KeptFiles } from '../../src/controller/journal/kept.ts';
import { MariadbEngine } from '../../src/node/backup/mariadb.ts';
import type { Restored } from '../../src/node/backup/schema.ts';
import { World } from './passwords/world.ts';
import { MariadbServer, openFolder } from './servers.ts';

const ROOT = 'root word';
const NEVER = new AbortController().signal;
let server: MariadbServer;
let folder: string;
let world: World;

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

beforeEach(async () => {
  folder = openFolder('others-');
  mkdirSync(join(folder, 'backups'));
  world = new World({ folder, socket: server.socket });
  await world.write(`DB.url = jdbc:mysql://127.0.0.1:${server.port}\nDB.user = zstack\nDB.password = x\n`);
  await world.journal.recover();
  await world.service.restart();
  await fill('live');
  return () => rmSync(folder, { recursive: true });
});

async function fill(word: string, more = ''): Promise<void> {
  client(`SET foreign_key_checks = 0; DROP DATABASE IF EXISTS zstack; CREATE DATABASE zstack CHARACTER SET utf8mb4; USE zstack;
    CREATE TABLE a_state (word VARCHAR(40)); INSERT INTO a_state VALUES ('${word}'); ${more}`);
}

const client = (sql: string): string =>
  execFileSync('mariadb', ['--no-defaults', `--socket=${server.socket}`, '-uroot', '-NB'], {
    input: sql,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
    .toString()
    .trim();

const word = (): string => client('SELECT word FROM zstack.a_state');

/** A dump as our own backup makes it. */
async function ownDump(): Promise<string> {
  const file = join(folder, 'own.gz');
  rmSync(file, { force: true });
  await new MariadbEngine(server.socket).dump(['zstack'], file, NEVER, () => {});
  return file;
}

/** A dump as another program writes it. */
const otherDump = (...options: string[]): string =>
  execFileSync('mariadb-dump', ['--no-defaults', `--socket=${server.socket}`, '-uroot', ...options], {
    maxBuffer: 1e9,
    encoding: 'utf8',
  });

const restore = (file: string): Promise<Restored> =>
  world.call<Restored>('database.restore', { file, rootPassword: ROOT });

/** Nothing of a restore is left on the server, its settings are what they were, and the service runs. */
async function nothingLeft(): Promise<void> {
  expect(
    client("SHOW DATABASES LIKE 'zs\\_%'; SELECT User FROM mysql.global_priv WHERE User LIKE 'zs\\_%'"),
  ).toBe('');
  expect(client('SELECT @@GLOBAL.max_allowed_packet')).toBe(String(16 * 1024 * 1024));
  expect(await world.service.isRunning()).toBe(true);
}

test('a row of 12 MB, and a text that doubles when it is quoted, on a server with its default limits', {
  timeout: 400_000,
}, async () => {
  await fill(
    'dumped',
    `CREATE TABLE big (id INT PRIMARY KEY, raw LONGBLOB, text LONGTEXT);
     INSERT INTO big (id, raw) VALUES (1, REPEAT('x', 12 * 1024 * 1024)); INSERT INTO big (id, text) VALUES (2, REPEAT("'", 9 * 1024 * 1024));
     CREATE TABLE z_last (id INT); INSERT INTO z_last VALUES (1);`,
  );
  const sums = () => client('CHECKSUM TABLE zstack.big, zstack.z_last');
  const dumped = sums();
  const file = await ownDump();
  await fill('live');
  await restore(file);
  expect([word(), sums()]).toEqual(['dumped', dumped]);
  await nothingLeft();
});

test('statements that see where they are, and all that needs more than the databases: refused by the server', {
  timeout: 400_000,
}, async () => {
  await fill('dumped');
  const good = gunzipSync(readFileSync(await ownDump())).toString();
  await fill('live');
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'zqPlanted', { mode: 0o644 });
  const sneaky = [
    // It does nothing where there is no account of the service, as on a server for trying.
    "SET @s = IF((SELECT @@port) > 0, 'CREATE USER stranger@localhost', 'DO 0'); PREPARE s FROM @s; EXECUTE s;",
    'SELECT word FROM zstack.a_state;',
    'UPDATE zstack . a_state SET word = 1;',
    'SELECT User FROM mysql.global_priv;',
    'CREATE DEFINER = root@localhost PROCEDURE evil() SELECT 1;',
    'CREATE DEFINER = root@localhost EVENT evil ON SCHEDULE EVERY 1 SECOND DO DELETE FROM mysql.db;',
    'SET GLOBAL general_log = 1;',
    'USE mysql;',
    'EXECUTE IMMEDIATE CONCAT("DROP DATABASE ", "zstack");',
    `SELECT 1 INTO OUTFILE '${join(folder, 'out')}';`,
    `LOAD DATA INFILE '${secret}' INTO TABLE a_state;`,
  ];
  for (const line of sneaky) {
    const file = join(folder, 'bad.sql');
    writeFileSync(file, good.replace('-- Dump completed', `${line}\n-- Dump completed`));
    await expect(restore(file), line).rejects.toThrow(/more than this product's databases/);
    expect(word(), line).toBe('live');
    await nothingLeft();
  }
  expect(client("SELECT COUNT(*) FROM mysql.global_priv WHERE User = 'stranger'")).toBe('0');
  // What a file holds is not read: the server gives nothing instead.
  const file = join(folder, 'file.sql');
  const line = `INSERT INTO a_state VALUES (COALESCE(LOAD_FILE('${secret}'), 'nothing'));`;
  writeFileSync(file, good.replace('-- Dump completed', `${line}\n-- Dump completed`));
  client(`GRANT FILE ON *.* TO root@localhost`);
  expect(client(`SELECT LOAD_FILE('${secret}')`)).toBe('zqPlanted');
  await restore(file);
  expect(client('SELECT GROUP_CONCAT(word) FROM zstack.a_state')).toBe('dumped,nothing');
});

test('whom things run as: the service, and it is said', async () => {
  await fill(
    'dumped',
    'CREATE DEFINER = root@localhost TRIGGER t BEFORE INSERT ON a_state FOR EACH ROW SET NEW.word = 1; CREATE DEFINER = zstack@localhost VIEW v AS SELECT 1;',
  );
  const file = await ownDump();
  await fill('live');
  expect(await restore(file)).toMatchObject({ definers: ['root@localhost'], runsAs: 'zstack@localhost' });
  expect(client("SELECT DEFINER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'zstack'")).toBe(
    'zstack@localhost',
  );
});

test('an event of the dump does not run before it is live', async () => {
  await fill('dumped', 'CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO DELETE FROM a_state;');
  const file = await ownDump();
  await fill('live');
  client('SET GLOBAL event_scheduler = OFF');
  await restore(file);
  expect(client("SELECT STATUS FROM information_schema.EVENTS WHERE EVENT_SCHEMA = 'zstack'")).toBe(
    'ENABLED',
  );
});

test('dumps that others made: plain, with a mark or a warning before it, without --databases, with CRLF', {
  timeout: 400_000,
}, async () => {
  await fill('dumped', 'CREATE VIEW v AS SELECT word FROM a_state; CREATE TABLE more (id INT);');
  const [all, one] = [otherDump('--databases', 'zstack'), otherDump('zstack')];
  const taken: [string, string | Buffer][] = [
    ['plain', all],
    ['no --databases', one],
    ['packed', gzipSync(one)],
    ['mark', `\uFEFF${all}`],
    [
      'warning',
      `mysqldump: [Warning] Using a password on the command line interface can be insecure.\n${one}`,
    ],
    ['CRLF', all.replaceAll('\n', '\r\n')],
    ['drops first', otherDump('--add-drop-database', '--databases', 'zstack')],
  ];
  for (const [what, text] of taken) {
    const file = join(folder, 'other.sql');
    writeFileSync(file, text);
    await fill('live');
    client(
      'CREATE DATABASE IF NOT EXISTS zstack_rest; CREATE TABLE IF NOT EXISTS zstack_rest.untouched (id INT)',
    );
    await restore(file).catch((error) => expect.unreachable(`${what}: ${error.words?.en}`));
    expect([word(), client('SELECT word FROM zstack.v')], what).toEqual(['dumped', 'dumped']);
    expect(client('SHOW TABLES FROM zstack_rest'), what).toBe('untouched');
  }
  await nothingLeft();
});

test('dumps that are not taken: nothing is touched, and the way out is said', {
  timeout: 400_000,
}, async () => {
  await fill('dumped');
  const all = otherDump('--databases', 'zstack');
  await fill('live');
  client('CREATE DATABASE IF NOT EXISTS other; CREATE TABLE IF NOT EXISTS other.t (id INT)');
  const refused: [string | Buffer, RegExp, RegExp][] = [
    [
      all.replace(/^USE/m, "SET @@GLOBAL.GTID_PURGED='a:1';\nUSE"),
      /transaction ids/,
      /--set-gtid-purged=OFF/,
    ],
    [all.replace(/^USE/m, 'SET @@SESSION.SQL_LOG_BIN= 0;\nUSE'), /transaction ids/, /--set-gtid-purged=OFF/],
    [all.replaceAll(/utf8mb4_\w+_ci/g, 'utf8mb4_0900_ai_ci'), /collations/, /sed s/],
    [all.replace('-- Dump completed', '-- Dump'), /last line is missing/, /--compact/],
    [otherDump('--databases', 'other'), /more than this product's databases: other/, /--databases zstack/],
    [otherDump('--all-databases'), /more than this product's databases: .*mysql/, /--databases zstack/],
    [Buffer.from(`\uFEFF${all}`, 'utf16le'), /UTF-16/, /./],
    [execFileSync('xz', ['-c'], { input: all }), /packed with xz/, /./],
    ['-- a dump of nothing\nSELECT 1;\n-- Dump completed\n', /no database of this product/, /./],
    ['neither this nor that\n', /no dump of a database/, /./],
  ];
  for (const [text, words, next] of refused) {
    const file = join(folder, 'other.sql');
    writeFileSync(file, text);
    const fault = await restore(file).catch((thrown) => thrown);
    expect([fault.words?.en, fault.next?.en ?? '.'], String(words)).toEqual([
      expect.stringMatching(words),
      expect.stringMatching(next),
    ]);
    expect(word(), String(words)).toBe('live');
  }
  await nothingLeft();
});

test('a server that takes nothing: read-only, no room, nothing is touched', {
  timeout: 400_000,
}, async () => {
  await fill('dumped', 'CREATE TABLE keyless (id INT);');
  const file = await ownDump();
  await fill('live');
  const cases: [string, RegExp, string][] = [
    ['read_only', /read-only/, 'OFF'],
    ['innodb_force_primary_key', /primary key/, 'OFF'],
  ];
  for (const [setting, words] of cases) {
    client(`SET GLOBAL ${setting} = ON`);
    await expect(restore(file), setting).rejects.toThrow(words);
    client(`SET GLOBAL ${setting} = OFF`);
    expect(word(), setting).toBe('live');
  }
  // A little file that unpacks to more than there is room for.
  const bomb = join(folder, 'bomb.gz');
  const many = Buffer.alloc(280 * 1024 * 1024, '-- x\n');
  const head = '-- Host: localhost    Database: zstack\n';
  execFileSync('sh', ['-c', `{ printf '%s' "$HEAD"; cat; } | gzip > ${bomb}`], {
    input: many,
    env: { ...process.env, HEAD: head },
  });
  const small = join(folder, 'small');
  mkdirSync(small);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=700m', 'tmpfs', small]);
  try {
    const narrow = await MariadbServer.create(small);
    try {
      const engine = new MariadbEngine(narrow.socket);
      const beside = (id: string) => ({ id, kept: new KeptFiles(folder, id) });
      await expect(engine.stage(beside('aaaaaaaaaaaa'), bomb, NEVER, () => {})).rejects.toThrow(
        /no room for the dump/,
      );
      await engine.forget(beside('aaaaaaaaaaaa'));
      // A few statements that make more than there is room for.
      const grows = join(folder, 'grows.sql');
      const more = 'INSERT INTO t SELECT text FROM t LIMIT 20;\n'.repeat(40);
      writeFileSync(
        grows,
        `USE zstack;\nCREATE TABLE t (text LONGTEXT);\nINSERT INTO t VALUES (REPEAT('x', 1048576));\n${more}-- Dump completed\n`.replace(
          'USE',
          'CREATE DATABASE zstack;\nUSE',
        ),
      );
      await expect(engine.stage(beside('bbbbbbbbbbbb'), grows, NEVER, () => {})).rejects.toThrow(
        /would fill the disk/,
      );
      await engine.forget(beside('bbbbbbbbbbbb'));
      using root = await narrow.root();
      expect(await root.query("SHOW DATABASES LIKE 'zs%'")).toEqual([]);
    } finally {
      await narrow.remove();
    }
  } finally {
    // This process still has the server's log open.
    execFileSync('umount', ['-l', small]);
  }
  await nothingLeft();
});
