import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { KeptFiles } from '../../src/controller/journal/kept.ts';
import { MariadbEngine } from '../../src/node/backup/mariadb.ts';
import { Database } from '../../src/system/mariadb.ts';
import { randomOf, seed, tellSeed } from '../fakes/random.ts';
import { MariadbServer, openFolder } from './servers.ts';

const ID = '0123456789ab-1';
const NEVER = new AbortController().signal;
let server: MariadbServer;
let folder: string;
let dump: string;
let dumped: string;
let before: string;

beforeAll(async () => {
  server = await MariadbServer.create();
  folder = openFolder('swap-');
  writeFileSync(
    join(folder, 'zstack.properties'),
    'DB.url = jdbc:mysql://127.0.0.1\nDB.user = zstack\nDB.password = x\n',
  );
  client(ACCOUNTS);
  fill('dumped');
  dumped = await content();
  dump = join(folder, 'dump.gz');
  await new MariadbEngine(server.socket).dump(['zstack', 'zstack_rest'], dump, NEVER, () => {});
  fill('live');
  before = await content();
});
afterAll(async () => {
  await server.remove();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  mkdirSync(join(folder, 'kept'), { recursive: true });
  return () => rmSync(join(folder, 'kept'), { recursive: true, force: true });
});

const ACCOUNTS = `
  CREATE USER zstack@localhost; CREATE USER reader@'%'; CREATE USER gone@localhost;
  GRANT ALL ON zstack.* TO zstack@localhost; GRANT ALL ON zstack_rest.* TO zstack@localhost;`;

/** Whatever RENAME TABLE refuses, forgets or leaves behind, and both databases leaning on each other. */
function fill(word: 'dumped' | 'live'): void {
  const set = word === 'live' ? 'latin1' : 'utf8mb4';
  client(`
    SET foreign_key_checks = 0; DROP DATABASE IF EXISTS zstack; DROP DATABASE IF EXISTS zstack_rest;
    CREATE DATABASE zstack CHARACTER SET ${set}; CREATE DATABASE zstack_rest; USE zstack;
    CREATE TABLE state (id INT PRIMARY KEY AUTO_INCREMENT, word VARCHAR(40), FULLTEXT (word));
    INSERT INTO state (word) SELECT '${word}' FROM seq_1_to_50;
    CREATE TABLE child (id INT PRIMARY KEY, state INT, twice INT AS (state * 2) STORED, CONSTRAINT up FOREIGN KEY (state) REFERENCES state (id) ON DELETE CASCADE, FOREIGN KEY (state) REFERENCES state (id));
    INSERT INTO child (id, state) VALUES (1, 2);
    CREATE TABLE parts (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3; INSERT INTO parts SELECT seq FROM seq_1_to_9;
    CREATE TABLE kept (id INT PRIMARY KEY, n INT) WITH SYSTEM VERSIONING; INSERT INTO kept VALUES (1, 1); UPDATE kept SET n = 2;
    CREATE TABLE old (id INT) ENGINE=MyISAM; CREATE SEQUENCE counter; CREATE TABLE log (what VARCHAR(99));
    CREATE TABLE only_${word} (id INT); CREATE TABLE zstack_rest.api (id INT PRIMARY KEY, CONSTRAINT across FOREIGN KEY (id) REFERENCES zstack.state (id));
    INSERT INTO zstack_rest.api VALUES (3);
    CREATE FUNCTION f() RETURNS VARCHAR(9) DETERMINISTIC RETURN '${word}';
    CREATE VIEW a_second AS SELECT id, f() AS f FROM state; CREATE VIEW first AS SELECT * FROM a_second;
    CREATE OR REPLACE VIEW a_second AS SELECT id, f() AS f FROM state WHERE id < 40;
    CREATE VIEW b_both AS SELECT s.id, a.id AS api FROM zstack.state s JOIN zstack_rest.api a ON s.id = a.id;
    CREATE DEFINER=gone@localhost SQL SECURITY INVOKER VIEW zstack_rest.v AS SELECT id FROM zstack.state;
    CREATE TRIGGER zstack.one AFTER INSERT ON zstack.state FOR EACH ROW INSERT INTO zstack.log VALUES ('one ${word}');
    CREATE TRIGGER zero AFTER INSERT ON state FOR EACH ROW PRECEDES one INSERT INTO log VALUES ('zero');
    SET NAMES latin1; SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';
    CREATE DEFINER=zstack@localhost TRIGGER two BEFORE UPDATE ON state FOR EACH ROW SET NEW.word = "word";
    SET NAMES utf8mb4; SET sql_mode = DEFAULT; SET time_zone = '+03:00';
    CREATE EVENT sweep ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO DELETE FROM log;
    CREATE EVENT off ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE COMMENT '中 ON COMPLETION PRESERVE ENABLE' DO DELETE FROM log;
    CREATE DEFINER=gone@localhost PROCEDURE p(IN x INT) COMMENT 'it''s' SQL SECURITY INVOKER SELECT x, '中\`zstack\`.;;';
    GRANT EXECUTE ON PROCEDURE zstack.p TO reader@'%' WITH GRANT OPTION; GRANT SELECT (word) ON zstack.state TO reader@'%';
    ${word === 'live' ? 'CREATE TABLE t (id INT); CREATE VIEW broken AS SELECT id FROM t; DROP TABLE t;' : ''}`);
}

const client = (sql: string): string =>
  execFileSync('mariadb', ['--no-defaults', `--socket=${server.socket}`, '-uroot', '-NB'], {
    input: sql,
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  }).toString();

/** All of both databases as the server prints it, with the rights on them and what is left of ours. */
async function content(): Promise<string> {
  using root = await server.root();
  const found: string[] = [];
  const ask = async (sql: string) => {
    const rows = await root.query(sql).catch((thrown) => [thrown.words.en]);
    found.push(`${sql}: ${JSON.stringify(rows.map((row) => ({ ...row, Created: '', CREATED: '' })))}`);
  };
  for (const db of ['zstack', 'zstack_rest']) {
    await ask(`SHOW CREATE DATABASE ${db}`);
    const tables = await root.query(`SHOW FULL TABLES FROM ${db}`);
    for (const row of tables) {
      const [name, type] = Object.values(row).map(String);
      await ask(`SHOW CREATE TABLE ${db}.${name}`);
      if (type === 'SEQUENCE') continue;
      const rows = await root.query(`SELECT * FROM ${db}.${name} ORDER BY 1`).catch(({ words }) => words.en);
      found.push(
        `${db}.${name}: ${rows.length} ${createHash('md5').update(JSON.stringify(rows)).digest('hex')}`,
      );
    }
    const triggers = await root.query(`SHOW TRIGGERS FROM ${db}`);
    found.push(triggers.map(({ Trigger }) => Trigger).join());
    for (const { Trigger } of triggers) await ask(`SHOW CREATE TRIGGER ${db}.${Trigger}`);
    for (const { Name } of await root.query(`SHOW EVENTS FROM ${db}`))
      await ask(`SHOW CREATE EVENT ${db}.${Name}`);
    for (const kind of ['PROCEDURE', 'FUNCTION'])
      for (const { Name } of await root.query(`SHOW ${kind} STATUS WHERE Db = '${db}'`))
        await ask(`SHOW CREATE ${kind} ${db}.${Name}`);
  }
  for (const table of ['db', 'tables_priv', 'columns_priv', 'procs_priv']) {
    const rows = await root.query(`SELECT * FROM mysql.${table} ORDER BY 1, 2, 3, 4`);
    found.push(JSON.stringify(rows.map(({ Timestamp: _, ...row }) => row)));
  }
  await ask("SELECT User FROM mysql.global_priv WHERE User LIKE 'zs%' AND User != 'zstack'");
  await ask("SHOW DATABASES LIKE 'zs\\_%'");
  await ask('SELECT @@GLOBAL.max_allowed_packet');
  return found.join('\n');
}

/** Lines that are not the same. */
function differing(now: string, then: string): string[] {
  const [ours, theirs] = [now.split('\n'), then.split('\n')];
  return [...ours.filter((line) => !theirs.includes(line)), ...theirs.filter((line) => !ours.includes(line))];
}

const engine = (): MariadbEngine =>
  new MariadbEngine(server.socket, {
    properties: join(folder, 'zstack.properties'),
  });

const kept = () => new KeptFiles(folder, 'change-000000001.jsonl');
const beside = () => ({ id: ID, kept: kept() });

/** As the journal does when the change has ended. */
async function forget(): Promise<void> {
  await engine().forget(beside());
  await kept().forget();
}

test('all of both databases is what was dumped, back again is what was live, and nothing of ours is left', async () => {
  await engine().stage(beside(), dump, NEVER, () => {});
  await engine().swap(beside());
  await engine().swapBack(beside());
  await forget();
  expect(differing(await content(), before)).toEqual([]);
  await engine().stage(beside(), dump, NEVER, () => {});
  await engine().swap(beside());
  await forget();
  const now = await content();
  expect(differing(asService(now), asService(dumped))).toEqual([]);
  expect(now).not.toMatch(/DEFINER=.(?:root|gone)/);
  // Keys hold across, and the event scheduler has what it is to run.
  expect(() => client('INSERT INTO zstack_rest.api VALUES (999)')).toThrow(/foreign key/);
  fill('live');
  expect(differing(await content(), before)).toEqual([]);
});

/** Whom things run as is another one, the service; and a trigger's table is named without its database. */
const asService = (text: string): string =>
  text
    .replaceAll('TRIGGER zstack.', 'TRIGGER ')
    .replaceAll(' ON zstack.state FOR', ' ON state FOR')
    .replaceAll(/DEFINER=([`\\"]+)\w+\1@\1localhost\1/g, 'DEFINER=`zstack`@`localhost`');

/** Each cut costs a second: every so many statements, from another one each time. */
const STEP = Number(process.env.ZS_CUT_STEP ?? 7);

test('cut between any two statements, there and back: the one state or the other', {
  timeout: 600_000,
}, async () => {
  const { query } = Database.prototype;
  tellSeed();
  const first = Math.floor(randomOf(seed)() * STEP);
  let left = Number.POSITIVE_INFINITY;
  const cut = vi.spyOn(Database.prototype, 'query').mockImplementation(async function (
    this: Database,
    ...words
  ) {
    left -= 1;
    // As of a process that is gone: nothing after it either.
    if (left < 0) throw new Error('cut');
    return query.apply(this, words);
  });
  const within = async (statements: number, work: () => Promise<unknown>): Promise<boolean> => {
    left = statements;
    const ended = await work().then(
      () => true,
      (error) => {
        if (error.message !== 'cut') throw error;
        return false;
      },
    );
    left = Number.POSITIVE_INFINITY;
    return ended;
  };
  try {
    await engine().stage(beside(), dump, NEVER, () => {});
    for (let statements = first; ; statements += STEP) {
      const there = await within(statements, () => engine().swap(beside()));
      // The way back is cut as well, in another place each time.
      await within(statements % 23, () => engine().swapBack(beside()));
      await engine().swapBack(beside());
      const now = (await content()).split('\n').filter((line) => !line.includes('zs_'));
      expect(differing(now.join('\n'), before), `cut after ${statements}`).toEqual([
        expect.stringMatching(/^SHOW DATABASES LIKE/),
      ]);
      if (there) break;
    }
    await forget();
    expect(differing(await content(), before)).toEqual([]);
    for (let statements = first; ; statements += STEP) {
      left = Number.POSITIVE_INFINITY;
      const staged = await within(statements, () => engine().stage(beside(), dump, NEVER, () => {}));
      await engine().swapBack(beside());
      await forget();
      expect(differing(await content(), before), `cut after ${statements} of loading`).toEqual([]);
      if (staged) break;
    }
  } finally {
    cut.mockRestore();
  }
});
