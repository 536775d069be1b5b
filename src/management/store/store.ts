import { join } from 'node:path';
import { type Dialect, Kysely, Migrator, MysqlDialect, sql } from 'kysely';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { Login } from '../../node/zstack/settings.ts';
import { ensureFolder } from '../../system/files.ts';
import { MIGRATION_PROVIDER } from './migrations.ts';
import type { Tables } from './schema.ts';
import { sqliteDialect } from './sqlite.ts';

export type StoreKind = 'embedded' | 'MariaDB';

/** Where the management plane keeps its state: a file of its own, or a database server; the same code above both. */
export interface Store {
  readonly kind: StoreKind;
  readonly database: Kysely<Tables>;
  /** The same, for those who bring the types of their tables. */
  readonly tables: Kysely<object>;
  /** Settles when the engine answers; throws `unavailable` that names why it does not. */
  ask(): Promise<void>;
  close(): Promise<void>;
}

const DATABASE = 'zstack';
const CONNECTIONS = 16;
const CONNECT_MILLISECONDS = 5_000;
const SQL_MODE = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION';

/** Opens the store and brings its tables up to date. @param login undefined: embedded, in `folder` */
export async function openStore(folder: string, login: Login | undefined): Promise<Store> {
  const kind: StoreKind = login === undefined ? 'embedded' : 'MariaDB';
  const database = new Kysely<object>({ dialect: await dialectOf(folder, login) });
  const store: Store = {
    kind,
    database: database.withTables<Tables>(),
    tables: database,
    async ask() {
      await sql`SELECT 1`.execute(database).catch((error) => {
        throw silent(kind, error);
      });
    },
    close: () => database.destroy(),
  };
  try {
    await store.ask();
    await migrate(database);
    return store;
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

async function dialectOf(folder: string, login: Login | undefined): Promise<Dialect> {
  if (login === undefined) {
    await ensureFolder(folder);
    return sqliteDialect(join(folder, 'store.sqlite'));
  }
  const { host, port, user, password } = login;
  // Loaded when it is needed: the embedded engine starts without it.
  const { createPool } = await import('mysql2');
  const pool = createPool({
    host,
    port,
    user,
    database: DATABASE,
    ...(password === undefined ? {} : { password: password.reveal() }),
    connectionLimit: CONNECTIONS,
    connectTimeout: CONNECT_MILLISECONDS,
    charset: 'utf8mb4',
  });
  // Values are quoted with backslashes, which a server's own mode could make plain text.
  pool.on('connection', (connection) => {
    // A server that is gone meanwhile is told by the statement that comes next.
    connection.query(`SET SESSION sql_mode = '${SQL_MODE}'`, () => undefined);
  });
  return new MysqlDialect({ pool });
}

async function migrate(database: Kysely<object>): Promise<void> {
  const { error } = await new Migrator({ db: database, provider: MIGRATION_PROVIDER }).migrateToLatest();
  if (error === undefined) return;
  const why = error instanceof Error ? error.message : String(error);
  throw new Fault('failed', say(`the store's tables cannot be made: ${why}`, `无法建立数据表：${why}`), {
    cause: error,
  });
}

function silent(kind: StoreKind, error: unknown): Fault {
  const code = (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'no answer');
  return new Fault(
    'unavailable',
    say(`the ${kind} store does not answer: ${code}`, `${kind} 存储没有应答：${code}`),
    {
      next: say(
        'is the database up, are DB.url, DB.user and DB.password in zstack.properties right?',
        '请检查数据库是否运行，以及 zstack.properties 中的 DB.url、DB.user、DB.password',
      ),
      cause: error,
    },
  );
}
