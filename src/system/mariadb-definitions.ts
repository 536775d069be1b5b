import { type Database, quotedName } from './mariadb.ts';

/** What a database has besides tables, in the order in which it can be made: later kinds use earlier ones. */
const KINDS = ['FUNCTION', 'PROCEDURE', 'PACKAGE', 'PACKAGE BODY', 'VIEW', 'TRIGGER', 'EVENT'] as const;
type Kind = (typeof KINDS)[number];

/** One of them as the server writes it down, with the session that it was made in. */
export interface Definition {
  kind: Kind;
  name: string;
  sql: string;
  mode: string;
  client: string;
  connection: string;
  /** Of the database when it was made; views have none. */
  collation?: string;
  /** Events alone have one. */
  zone?: string;
}

const NAMES = `
  SELECT ROUTINE_TYPE AS kind, ROUTINE_NAME AS name, 0 AS place FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?
  UNION ALL SELECT 'VIEW', TABLE_NAME, 0 FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?
  UNION ALL SELECT 'TRIGGER', TRIGGER_NAME, ACTION_ORDER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?
  UNION ALL SELECT 'EVENT', EVENT_NAME, 0 FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?`;

/** Kinds and names, those that others may rest on first. */
async function namesOf(database: Database, schema: string): Promise<{ kind: Kind; name: string }[]> {
  const rows = await database.query(NAMES, [schema, schema, schema, schema]);
  const found = rows.map(({ kind, name, place }) => ({
    kind: String(kind) as Kind,
    name: String(name),
    place: Number(place),
  }));
  return found.sort((one, other) => orderOf(one) - orderOf(other) || one.place - other.place);
}

const orderOf = ({ kind }: { kind: Kind }): number => KINDS.indexOf(kind);

/** All definitions of a database. Needs root: nobody else is told the text of what others made. */
export async function definitionsOf(database: Database, schema: string): Promise<Definition[]> {
  await database.query(`USE ${quotedName(schema)}`);
  await database.query("SET SESSION sql_mode = ''");
  const found: Definition[] = [];
  for (const { kind, name } of await namesOf(database, schema)) {
    const [row = {}] = await database.query(`SHOW CREATE ${kind} ${quotedName(name)}`);
    found.push(definitionIn(kind, name, row));
  }
  return found;
}

function definitionIn(kind: Kind, name: string, row: Record<string, unknown>): Definition {
  const text = Object.entries(row).find(([key]) => /^(Create |SQL Original Statement$)/.test(key))?.[1];
  if (typeof text !== 'string') throw new Error(`the server does not show ${kind} ${name}`);
  const [collation, zone] = [row['Database Collation'], row.time_zone];
  return {
    ...{ kind, name, sql: text, mode: String(row.sql_mode ?? '') },
    ...{ client: String(row.character_set_client), connection: String(row.collation_connection) },
    ...(collation === undefined ? {} : { collation: String(collation) }),
    ...(zone === undefined ? {} : { zone: String(zone) }),
  };
}

/** Removes definitions; those that `keeps` says stay. */
export async function dropDefinitions(
  database: Database,
  schema: string,
  keeps: (found: { kind: Kind; name: string }) => boolean = () => false,
): Promise<void> {
  for (const found of (await namesOf(database, schema)).reverse()) {
    if (keeps(found)) continue;
    const { kind, name } = found;
    await database.query(`DROP ${kind} IF EXISTS ${quotedName(schema)}.${quotedName(name)}`);
  }
}

/**
 * Makes definitions in a database, each in a session like that which it was made in. Each is one statement to the
 * server, whatever its text says. Views may rest on each other in any order.
 */
export async function define(
  database: Database,
  schema: string,
  definitions: readonly Definition[],
): Promise<void> {
  await database.query(`USE ${quotedName(schema)}`);
  const collation = await collationOf(database, schema);
  let left = [...definitions];
  let why: unknown;
  try {
    while (left.length > 0) {
      const waiting: Definition[] = [];
      for (const definition of left) {
        try {
          await make(database, schema, definition);
        } catch (thrown) {
          if (definition.kind !== 'VIEW') throw thrown;
          why = thrown;
          waiting.push(definition);
        }
      }
      if (waiting.length === left.length) throw why;
      left = waiting;
    }
  } finally {
    await database.query("SET SESSION sql_mode = '', time_zone = DEFAULT");
    await database.query('SET NAMES utf8mb4');
    await setCollation(database, schema, collation);
  }
}

async function make(database: Database, schema: string, definition: Definition): Promise<void> {
  const { sql, mode, client, connection, collation, zone = 'SYSTEM' } = definition;
  if (collation !== undefined) await setCollation(database, schema, collation);
  await database.query(
    'SET SESSION sql_mode = ?, time_zone = ?, character_set_client = ?, collation_connection = ?',
    [mode, zone, client, connection],
  );
  await database.query(sql);
}

/** The collation, and with it the character set, that new tables of a database get. */
export async function collationOf(database: Database, schema: string): Promise<string> {
  const sql = 'SELECT DEFAULT_COLLATION_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?';
  const [row] = await database.query(sql, [schema]);
  return String(row?.name);
}

export async function setCollation(database: Database, schema: string, collation: string): Promise<void> {
  if ((await collationOf(database, schema)) === collation) return;
  await database.query(`ALTER DATABASE ${quotedName(schema)} COLLATE ?`, [collation]);
}

/** Views that stand on what is not there. */
export async function lameViews(root: Database, schema: string): Promise<string[]> {
  const views = await root.query(
    'SELECT TABLE_NAME AS name FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?',
    [schema],
  );
  const lame: string[] = [];
  for (const { name } of views) {
    const view = `${quotedName(schema)}.${quotedName(String(name))}`;
    const isWhole = await root.query(`SHOW FIELDS FROM ${view}`).then(
      () => true,
      () => false,
    );
    if (!isWhole) lame.push(String(name));
  }
  return lame;
}

/** Rights on single routines, which the server forgets when a routine is dropped. */
export interface RoutineGrant {
  schema: string;
  kind: string;
  name: string;
  user: string;
  host: string;
  rights: string[];
}

export async function routineGrants(database: Database, schemas: readonly string[]): Promise<RoutineGrant[]> {
  const sql =
    'SELECT Db, Routine_type, Routine_name, User, Host, Proc_priv FROM mysql.procs_priv WHERE Db IN (?)';
  const rows = await database.query(sql, [schemas]);
  return rows.map((row) => ({
    ...{ schema: String(row.Db), kind: String(row.Routine_type), name: String(row.Routine_name) },
    ...{ user: String(row.User), host: String(row.Host), rights: String(row.Proc_priv).split(',') },
  }));
}

/** Gives those rights again whose routine is there. */
export async function grantRoutines(database: Database, grants: readonly RoutineGrant[]): Promise<void> {
  for (const { schema, kind, name, user, host, rights } of grants) {
    const there = (await namesOf(database, schema)).some((one) => one.kind === kind && one.name === name);
    if (!there) continue;
    const given = rights.filter((right) => right !== 'Grant').join(', ') || 'USAGE';
    const further = rights.includes('Grant') ? ' WITH GRANT OPTION' : '';
    const to = host === '' ? quotedName(user) : `${quotedName(user)}@${quotedName(host)}`;
    await database.query(
      `GRANT ${given} ON ${kind} ${quotedName(schema)}.${quotedName(name)} TO ${to}${further}`,
    );
  }
}
