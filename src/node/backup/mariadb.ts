import { keepsake } from '../../api/plan.ts';
import { type Database, quotedName } from '../../system/mariadb.ts';
import { readPropertiesOrNone } from '../../system/properties.ts';
import { openAsRoot } from '../database/apply.ts';
import { databaseLogin } from '../zstack/settings.ts';
import { dump, ownDatabases } from './dump.ts';
import { readDump } from './dump-text.ts';
import type { Beside, Engine, EngineParts, Examined, Progress, Stood } from './engine.ts';
import { load } from './load.ts';
import { type Globals, removeLoader, setGlobals } from './loader.ts';
import { nextName, pastName } from './names.ts';
import { DATABASES } from './redirect.ts';
import { LOADED_FACTOR, type Staged, stage, stageEmpty } from './staging.ts';
import { forgetPast, prepareSwap, type Swap, swap, swapBack } from './swap.ts';
import { settingsOf, withThrowawayServer } from './throwaway.ts';

const SERVER_BYTES = 300_000_000;
const SYSTEM = new Set(['information_schema', 'mysql', 'performance_schema', 'sys']);
const DROP_MILLISECONDS = 600_000;

/** What a change of the databases needs to end or to go back. */
interface DatabasesKept {
  globals?: Globals;
  staged?: Staged;
  swap?: Swap;
}

const DATABASES_KEPT = keepsake<DatabasesKept>('engine');

/** What only dumps needs none. */
type MariadbParts = Pick<Partial<EngineParts>, 'properties'>;

/** A database server on this machine, asked as its root over the socket. */
export class MariadbEngine implements Engine {
  readonly kind = 'MySQL';
  readonly #socket: string;
  readonly #parts: MariadbParts;

  constructor(socket: string, parts: MariadbParts = {}) {
    this.#socket = socket;
    this.#parts = parts;
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

  dump(
    databases: readonly string[],
    path: string,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<string[]> {
    return dump(this.#socket, databases, path, signal, progress);
  }

  roomFor(content: number): number {
    return content * LOADED_FACTOR + SERVER_BYTES;
  }

  async examine(place: string, path: string, signal: AbortSignal, progress: Progress): Promise<Examined> {
    const settings = await settingsOf(this.#socket);
    return withThrowawayServer(place, settings, async (socket) => {
      await load({ socket, user: 'root' }, readDump(path, progress), signal);
      using database = await openAsRoot(socket);
      const rows = await database.query('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA');
      const own = rows.map(({ name }) => String(name)).filter((name) => !SYSTEM.has(name));
      return { databases: own, ...(await countOf(database, own)) };
    });
  }

  async stage(beside: Beside, path: string, signal: AbortSignal, progress: Progress): Promise<void> {
    const keep = (globals: Globals) => keepMore(beside, { globals });
    const staged = await stage(this.#socket, { id: beside.id, path, signal, progress, keep });
    await keepMore(beside, { staged });
  }

  async stageEmpty(beside: Beside, databases: readonly string[]): Promise<void> {
    await keepMore(beside, { staged: await stageEmpty(this.#socket, beside.id, databases) });
  }

  async swap(beside: Beside): Promise<Stood> {
    const { id } = beside;
    const { staged } = await keptOf(beside);
    if (staged === undefined) throw new Error('nothing stands beside the live databases');
    using root = await openAsRoot(this.#socket);
    const runsAs = await this.#service(root, staged.definers);
    const prepared = await prepareSwap(root, id, staged, runsAs && quotedAccount(runsAs));
    await keepMore(beside, { swap: prepared });
    await swap(root, id, prepared);
    const changed = staged.definers.filter((definer) => definer !== runsAs);
    return {
      databases: staged.databases,
      ...(changed.length > 0 && runsAs ? { definers: changed, runsAs } : {}),
    };
  }

  async swapBack(beside: Beside): Promise<void> {
    const { swap: prepared } = await keptOf(beside);
    if (prepared === undefined) return;
    using root = await openAsRoot(this.#socket);
    await swapBack(root, beside.id, prepared);
    const { swap: _undone, ...rest } = await keptOf(beside);
    await beside.kept.keep(DATABASES_KEPT, rest);
  }

  async forget(beside: Beside): Promise<void> {
    const { id } = beside;
    const { globals = {}, swap: prepared } = await keptOf(beside);
    using root = await openAsRoot(this.#socket);
    await removeLoader(root, id);
    await setGlobals(root, globals);
    if (prepared !== undefined) await forgetPast(root, prepared);
    for (const name of DATABASES)
      for (const left of [nextName(id, name), pastName(id, name)]) await dropWhole(root, left);
  }

  /** Who the service is to the server: one of its accounts that the dump names, if it names one. */
  async #service(root: Database, definers: readonly string[]): Promise<string | undefined> {
    const { properties } = this.#parts;
    if (properties === undefined) return undefined;
    const login = databaseLogin(await readPropertiesOrNone(properties));
    if (login === undefined) return undefined;
    const rows = await root.query('SELECT Host AS host FROM mysql.global_priv WHERE User = ? ORDER BY Host', [
      login.user,
    ]);
    const accounts = rows.map(({ host }) => `${login.user}@${host}`);
    const named = accounts.find((account) => definers.includes(account));
    return named ?? accounts.find((account) => account.endsWith('@%')) ?? accounts[0] ?? `${login.user}@%`;
  }
}

const keptOf = async ({ kept }: Beside): Promise<DatabasesKept> => (await kept.find(DATABASES_KEPT)) ?? {};

const keepMore = async (beside: Beside, more: DatabasesKept): Promise<void> =>
  beside.kept.keep(DATABASES_KEPT, { ...(await keptOf(beside)), ...more });

function quotedAccount(account: string): string {
  const at = account.lastIndexOf('@');
  return `${quotedName(account.slice(0, at))}@${quotedName(account.slice(at + 1))}`;
}

async function dropWhole(root: Database, name: string): Promise<void> {
  await root.query('SET SESSION foreign_key_checks = 0');
  await root.query(`DROP DATABASE IF EXISTS ${quotedName(name)}`, [], DROP_MILLISECONDS);
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
