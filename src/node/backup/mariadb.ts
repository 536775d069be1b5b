import type { Database } from '../../system/mariadb.ts';
import { openAsRoot } from '../database/apply.ts';
import { dump, load, ownDatabases } from './dump.ts';
import type { Engine, Examined, Progress } from './engine.ts';
import { withThrowawayServer } from './throwaway.ts';

/** A loaded database takes more than its SQL: pages, indexes, logs. */
const LOADED_FACTOR = 2.5;
const SERVER_BYTES = 300_000_000;
const SYSTEM = new Set(['information_schema', 'mysql', 'performance_schema', 'sys']);
const NEVER = new AbortController().signal;

/** A database server on this machine, asked as its root over the socket. */
export class MariadbEngine implements Engine {
  readonly kind = 'MySQL';
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  databases(): Promise<string[]> {
    return ownDatabases(this.#socket);
  }

  async bytes(databases: readonly string[]): Promise<number> {
    using database = await openAsRoot(this.#socket);
    const sql = 'SELECT SUM(DATA_LENGTH) AS bytes FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (?)';
    const [row] = await database.query(sql, [databases]);
    return Number(row?.bytes ?? 0);
  }

  dump(databases: readonly string[], path: string, signal: AbortSignal, progress: Progress): Promise<void> {
    return dump(this.#socket, databases, path, signal, progress);
  }

  roomFor(content: number): number {
    return content * LOADED_FACTOR + SERVER_BYTES;
  }

  examine(place: string, path: string, signal: AbortSignal, progress: Progress): Promise<Examined> {
    return withThrowawayServer(place, async (socket) => {
      const empty = await accountsMark(socket);
      await load(socket, path, signal, progress);
      using database = await openAsRoot(socket);
      const rows = await database.query('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA');
      const own = rows.map(({ name }) => String(name)).filter((name) => !SYSTEM.has(name));
      const databases = (await accountsMark(socket)) === empty ? own : [...own, 'mysql'];
      return { databases, ...(await countOf(database, own)) };
    });
  }

  async replace(_id: string, databases: readonly string[], path: string, signal: AbortSignal): Promise<void> {
    await this.#drop(databases);
    await load(this.#socket, path, signal);
  }

  async putBack(_id: string, databases: readonly string[], safety: string | undefined): Promise<void> {
    await this.#drop(databases);
    if (safety !== undefined) await load(this.#socket, safety, NEVER);
  }

  // What it goes back by is the safety dump, which stays.
  async forget(): Promise<void> {}

  async #drop(databases: readonly string[]): Promise<void> {
    using database = await openAsRoot(this.#socket);
    for (const name of databases) await database.query('DROP DATABASE IF EXISTS ??', [name]);
  }
}

/** What a dump of ours changes in the server's own database by itself: its routines and events, and figures. */
const OWN_TRACES = ['proc', 'event', 'innodb_index_stats', 'innodb_table_stats', 'gtid_slave_pos'];
const LOGS = ['general_log', 'slow_log', 'transaction_registry'];

/** Counters of statements on accounts: such a one may find nothing to change here, and find it on the live server. */
const ON_ACCOUNTS = /^Com_.*(user|role|grant|revoke)/;

/** Differs when accounts, rights or anything else in the server's own database was changed, or was to be. */
async function accountsMark(socket: string): Promise<string> {
  using database = await openAsRoot(socket);
  const sql =
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'mysql' AND TABLE_TYPE = 'BASE TABLE' AND TABLE_NAME NOT IN (?) ORDER BY 1";
  const rows = await database.query(sql, [[...OWN_TRACES, ...LOGS]]);
  const tables = rows.map(({ name }) => `mysql.${name}`);
  const sums = await database.query('CHECKSUM TABLE ?? EXTENDED', [tables]);
  const counters = await database.query("SHOW GLOBAL STATUS LIKE 'Com\\_%'");
  return JSON.stringify([sums, counters.filter(({ Variable_name: name }) => ON_ACCOUNTS.test(String(name)))]);
}

async function countOf(
  database: Database,
  databases: readonly string[],
): Promise<{ tables: number; rows: number }> {
  if (databases.length === 0) return { tables: 0, rows: 0 };
  const sql =
    'SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_TYPE = ? AND TABLE_SCHEMA IN (?)';
  const tables = await database.query(sql, ['BASE TABLE', databases]);
  let rows = 0;
  for (const { db, name } of tables) {
    const [row] = await database.query('SELECT COUNT(*) AS count FROM ??.??', [db, name]);
    rows += Number(row?.count);
  }
  return { tables: tables.length, rows };
}
