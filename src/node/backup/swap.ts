import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { type Database, quotedName } from '../../system/mariadb.ts';
import {
  collationOf,
  type Definition,
  define,
  definitionsOf,
  dropDefinitions,
  grantRoutines,
  lameViews,
  type RoutineGrant,
  routineGrants,
  setCollation,
} from '../../system/mariadb-definitions.ts';
import { loaderPattern } from './loader.ts';
import { lockName, nextName, pastName } from './names.ts';
import type { Staged } from './staging.ts';

const RENAME_MILLISECONDS = 600_000;
/** For those who use a table that is to be moved, or an earlier try of ours whose client is gone. */
const LOCK_SECONDS = 30;
const OUTLIVED_SECONDS = 600;

/** One side of a swap. */
interface Side {
  tables: string[];
  definitions: Definition[];
  collation: string;
}

interface SwapDatabase {
  name: string;
  /** What was live; null when there was no such database. */
  past: Side | null;
  next: Side;
  /** Views of the past that stand on nothing: nobody could make them again, so they stay as long as they can. */
  lame: string[];
}

/** All that is needed to swap, and to swap back however far it got. */
export interface Swap {
  databases: SwapDatabase[];
  grants: RoutineGrant[];
}

/** @param runsAs the account that what is defined runs as from now on, quoted */
export async function prepareSwap(
  root: Database,
  id: string,
  { databases, events }: Staged,
  runsAs: string | undefined,
): Promise<Swap> {
  await checkOutsiders(root, databases);
  const swaps: SwapDatabase[] = [];
  for (const name of databases) {
    const isThere = await exists(root, name);
    const next = await sideOf(root, nextName(id, name));
    swaps.push({
      name,
      past: isThere ? await sideOf(root, name) : null,
      next: { ...next, definitions: next.definitions.map(livingOf(id, name, { databases, events }, runsAs)) },
      lame: isThere ? await lameViews(root, name) : [],
    });
  }
  return { databases: swaps, grants: await routineGrants(root, databases) };
}

async function sideOf(root: Database, schema: string): Promise<Side> {
  return {
    tables: await tablesOf(root, schema),
    definitions: await definitionsOf(root, schema),
    collation: await collationOf(root, schema),
  };
}

/** A definition as it is once the database has its own name. The names of what was loaded beside are nobody else's. */
const livingOf =
  (id: string, name: string, { databases, events }: Pick<Staged, 'databases' | 'events'>, runsAs?: string) =>
  (definition: Definition): Definition => {
    let { sql } = definition;
    for (const one of databases) sql = sql.replaceAll(quotedName(nextName(id, one)), quotedName(one));
    if (runsAs !== undefined) sql = sql.replaceAll(loaderPattern(id), () => runsAs);
    const runs = events.some(([database, event]) => database === name && event === definition.name);
    if (definition.kind === 'EVENT' && runs)
      sql = sql.replace(/( ON COMPLETION (?:NOT )?PRESERVE )DISABLE\b/, '$1ENABLE');
    return { ...definition, sql };
  };

/** Every one of these steps may be the last: `swapBack` knows each state that they leave. */
export async function swap(root: Database, id: string, { databases, grants }: Swap): Promise<void> {
  await hold(root, id, LOCK_SECONDS);
  for (const { name, past, next, lame } of databases) {
    if (past === null) await create(root, name, next.collation);
    await create(root, pastName(id, name), next.collation);
    await dropDefinitions(root, name, (one) => stays(one.name, { next, lame }));
    await dropDefinitions(root, nextName(id, name), ({ kind }) => kind !== 'TRIGGER');
  }
  await moveAll(root, [
    ...databases.flatMap(({ name, past }) => moves(past?.tables ?? [], name, pastName(id, name))),
    ...databases.flatMap(({ name, next }) => moves(next.tables, nextName(id, name), name)),
  ]);
  for (const { name, next } of databases) {
    await setCollation(root, name, next.collation);
    await define(root, name, next.definitions);
  }
  await grantRoutines(root, grants);
}

/** What was live is gone for good: nobody goes back any more. */
export async function forgetPast(root: Database, { databases }: Swap): Promise<void> {
  for (const { name, next, lame } of databases) {
    for (const view of lame.filter((one) => stays(one, { next, lame })))
      await root.query(`DROP VIEW IF EXISTS ${quotedName(name)}.${quotedName(view)}`);
  }
}

/** A view that nobody could make again stays unless what comes needs its name. */
const stays = (name: string, { next, lame }: Pick<SwapDatabase, 'next' | 'lame'>): boolean =>
  lame.includes(name) && !next.tables.includes(name) && !next.definitions.some((one) => one.name === name);

/** The state before, from whatever state `swap` or an earlier `swapBack` left. Nothing is loaded for it. */
export async function swapBack(root: Database, id: string, { databases, grants }: Swap): Promise<void> {
  await hold(root, id, OUTLIVED_SECONDS);
  const back: Move[] = [];
  const away: Move[] = [];
  for (const { name, past, next, lame } of databases) {
    if (past !== null) await create(root, name, past.collation);
    else if (!(await exists(root, name))) continue;
    await dropDefinitions(root, name, (one) => stays(one.name, { next, lame }));
    const [waiting, left, live] = [
      await tablesOf(root, pastName(id, name)),
      await tablesOf(root, nextName(id, name)),
      await tablesOf(root, name),
    ];
    const moved = next.tables.filter((table) => !left.includes(table) && live.includes(table));
    if (moved.length > 0) await create(root, nextName(id, name), next.collation);
    away.push(...moves(moved, name, nextName(id, name)));
    back.push(...moves(waiting, pastName(id, name), name));
  }
  await moveAll(root, [...away, ...back]);
  for (const { name, past, lame } of databases) {
    if (past === null) await dropEmpty(root, name);
    else {
      await setCollation(root, name, past.collation);
      await define(
        root,
        name,
        past.definitions.filter((one) => !lame.includes(one.name)),
      );
    }
    await dropEmpty(root, pastName(id, name));
  }
  await grantRoutines(root, grants);
}

interface Move {
  from: string;
  to: string;
  table: string;
}

const moves = (tables: readonly string[], from: string, to: string): Move[] =>
  tables.map((table) => ({ from, to, table }));

/** All at once: foreign keys follow the tables that they are of and that they refer to. */
async function moveAll(root: Database, all: readonly Move[]): Promise<void> {
  if (all.length === 0) return;
  const quoted = (schema: string, table: string) => `${quotedName(schema)}.${quotedName(table)}`;
  const pairs = all.map(({ from, to, table }) => `${quoted(from, table)} TO ${quoted(to, table)}`);
  await root.query(`RENAME TABLE ${pairs.join(', ')}`, [], RENAME_MILLISECONDS);
}

/** No other session of ours is at it any more, and this one waits for nobody for long. */
async function hold(root: Database, id: string, seconds: number): Promise<void> {
  await root.query(
    `SET SESSION lock_wait_timeout = ${LOCK_SECONDS}, foreign_key_checks = 0, max_statement_time = 0`,
  );
  const [row = {}] = await root.query(
    'SELECT GET_LOCK(?, ?) AS got',
    [lockName(id), seconds],
    (seconds + 10) * 1000,
  );
  if (Number(row.got) !== 1) throw new Error('another session still swaps');
}

async function create(root: Database, name: string, collation: string): Promise<void> {
  await root.query(`CREATE DATABASE IF NOT EXISTS ${quotedName(name)} COLLATE ?`, [collation]);
}

/** Throws when there is a table in it after all. */
async function dropEmpty(root: Database, name: string): Promise<void> {
  if ((await tablesOf(root, name)).length > 0) throw new Error(`${name} is not empty`);
  await root.query(`DROP DATABASE IF EXISTS ${quotedName(name)}`);
}

/** All but views, which are definitions. */
async function tablesOf(root: Database, schema: string): Promise<string[]> {
  const sql =
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE NOT LIKE '%VIEW' ORDER BY 1";
  return (await root.query(sql, [schema])).map(({ name }) => String(name));
}

export async function exists(root: Database, schema: string): Promise<boolean> {
  const sql = 'SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?';
  return (await root.query(sql, [schema])).length > 0;
}

/** Tables of others must not follow what goes. */
async function checkOutsiders(root: Database, databases: readonly string[]): Promise<void> {
  const rows = await root.query(
    'SELECT CONSTRAINT_SCHEMA AS db, TABLE_NAME AS name FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE UNIQUE_CONSTRAINT_SCHEMA IN (?) AND CONSTRAINT_SCHEMA NOT IN (?)',
    [databases, databases],
  );
  const tables = rows
    .filter(({ db }) => !/^zs_(?:new|old)_/.test(String(db)))
    .map(({ db, name }) => `${db}.${name}`);
  if (tables.length === 0) return;
  throw new Fault(
    'conflict',
    say(
      `tables outside of what is restored refer to it: ${tables.join(', ')}`,
      `恢复范围之外的表引用了这些数据：${tables.join('、')}`,
    ),
    { next: say('drop those foreign keys first', '请先删除这些外键') },
  );
}
