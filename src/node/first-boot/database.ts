import { Fault } from '../../api/fault.ts';
import type { Executor } from '../../api/plan.ts';
import { Secret } from '../../api/secret-text.ts';
import { say, type Words } from '../../api/words.ts';
import { Database, quotedName } from '../../system/mariadb.ts';
import { nativeHash, setMethods } from '../../system/mariadb-accounts.ts';
import { openAsRoot } from '../database/apply.ts';
import { databaseLogin, KEYS, type Login } from '../zstack/settings.ts';
import { closeRoot } from './database-root.ts';
import type { SetUpDatabase } from './plan.ts';
import { newPassword, withSettings } from './settings.ts';
import { type Given, ONCE } from './step.ts';

export interface DatabaseParts {
  /** Unix socket of this machine's server. */
  socket: string;
  /** Path of zstack.properties. */
  properties: string;
  /** Folder that only root writes into, for the password of MySQL's root. */
  config: string;
  /** Port of the server. */
  port: number;
}

const NAME = 'zstack';
const USER = 'zstack';
const HOST = '127.0.0.1';
/** From this machine alone, by whichever name the server knows it. */
const HOSTS = ['localhost', HOST];

/** Gives the service a database and an account of its own. A database that is there already is never emptied. */
export const setUpDatabase = (parts: DatabaseParts): Executor<SetUpDatabase, Given> => ({
  ...ONCE,
  async apply(_step, { given }) {
    using database = await openAsRoot(parts.socket);
    const found = await tablesOf(database);
    if (found.length > 0 && !found.includes(OURS)) throw notOurs(found.length);
    if (found.length > 0) given.tell(takenOver(found.length));
    await closeRoot(parts.config, database, given.tell);
    const login = await configured(parts);
    await makeAccount(database, login);
    await logIn(login);
  },
});

/** Written before the server knows the password, so that no password is ever lost. */
async function configured({ properties, port }: DatabaseParts): Promise<Required<Login>> {
  const settings = await withSettings(properties, {
    [KEYS.databaseUrl]: `jdbc:mysql://${HOST}:${port}`,
    [KEYS.databaseUser]: USER,
    [KEYS.databasePassword]: newPassword(),
  });
  const login = databaseLogin(settings);
  if (login?.password === undefined) throw new Error('the database is not configured');
  return { ...login, password: new Secret(login.password.reveal()) };
}

async function makeAccount(database: Database, { user, password }: Required<Login>): Promise<void> {
  const name = quotedName(NAME);
  await database.query(`CREATE DATABASE IF NOT EXISTS ${name} DEFAULT CHARACTER SET utf8mb4`);
  const hash = nativeHash(password);
  for (const host of HOSTS) {
    // Nobody gets in before it has its password.
    await database.query(
      "CREATE USER IF NOT EXISTS ?@? IDENTIFIED VIA mysql_native_password USING 'invalid'",
      [user, host],
    );
    await setMethods(database, { user, host, methods: [{ plugin: 'mysql_native_password', hash }] });
    await database.query(`GRANT ALL ON ${name}.* TO ?@?`, [user, host]);
  }
}

/** As the service does. */
async function logIn({ host, port, user, password }: Required<Login>): Promise<void> {
  (await Database.open({ host, port }, { user, password, database: NAME })).close();
}

/** Where each version of the service notes which changes of its tables were made. */
const OURS = 'kysely_migration';

async function tablesOf(database: Database): Promise<string[]> {
  const sql = 'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?';
  return (await database.query(sql, [NAME])).map(({ name }) => String(name));
}

const takenOver = (tables: number): Words =>
  say(
    `a database ${NAME} of this service is there already, with ${tables} tables: it is taken over as it is`,
    `已有本服务的数据库 ${NAME}（${tables} 个表）：原样沿用`,
  );

const notOurs = (tables: number): Fault =>
  new Fault(
    'conflict',
    say(
      `MySQL has a database ${NAME} with ${tables} tables that this service did not make: it stays as it is`,
      `MySQL 中已有数据库 ${NAME}（${tables} 个表），并非本服务所建：保持不变`,
    ),
    {
      next: say(
        `take a dump of it and put it elsewhere: mariadb-dump ${NAME}, then DROP DATABASE ${NAME}`,
        `请先备份到别处：mariadb-dump ${NAME}，再执行 DROP DATABASE ${NAME}`,
      ),
    },
  );
