import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { type Database, quotedName } from '../../system/mariadb.ts';
import { openAsRoot } from '../database/apply.ts';
import { broken } from './compress.ts';
import { contentOf, readDump } from './dump-text.ts';
import type { Progress } from './engine.ts';
import { load } from './load.ts';
import { type Globals, makeLoader, narrowGlobals, removeLoader, setGlobals } from './loader.ts';
import { loaderName, nextName } from './names.ts';
import { checkOwn, DATABASES, Redirect, type Said } from './redirect.ts';
import { refuse } from './refusal.ts';
import { checkRoom, type Most, mostFor, withinRoom } from './room.ts';

/** A loaded database takes more than its SQL: pages, indexes, logs. */
export const LOADED_FACTOR = 2.5;
const HEAD = 4096;

/** A dump that stands whole beside the live databases. */
export interface Staged {
  databases: string[];
  definers: string[];
  /** Events that run once it is live, as [database, event]. */
  events: [string, string][];
}

export interface Staging {
  id: string;
  path: string;
  signal: AbortSignal;
  progress: Progress;
  /** Settles when it is on the disk to what the settings of the server go back. */
  keep(globals: Globals): Promise<void>;
}

/** Loads a dump beside the live databases, as an account that can reach nothing else. `discard` undoes it. */
export async function stage(socket: string, staging: Staging): Promise<Staged> {
  const { id, path, signal, progress } = staging;
  using root = await openAsRoot(socket);
  const { data, readOnly } = await stateOf(root);
  if (readOnly) throw serverReadOnly();
  const { said, content, first } = await readThrough(path, signal, await mostFor(data, LOADED_FACTOR));
  checkOwn(said);
  await checkRoom(data, content * LOADED_FACTOR);
  const { before, wanted } = await narrowGlobals(root);
  await staging.keep(before);
  const password = await makeLoader(root, id);
  // One that names no database is loaded into the one that it was made of.
  const named = [...said.databases];
  if (named.length === 0) await root.query(`CREATE DATABASE ${quotedName(nextName(id, first))}`);
  await setGlobals(root, wanted);
  const text = new Redirect({ first, target: (name) => nextName(id, name) });
  const loader = {
    ...{ socket, user: loaderName(id), password },
    ...(named.length === 0 ? { database: nextName(id, first) } : {}),
  };
  await withinRoom(data, signal, (bounded) =>
    load(loader, readDump(path, progress).compose(text), bounded),
  ).catch(async (thrown) => {
    // The server goes on with a statement whose client is gone. What does not go now goes with the rest.
    await removeLoader(root, id).catch(() => undefined);
    signal.throwIfAborted();
    refuse(thrown);
  });
  await setGlobals(root, before);
  await removeLoader(root, id);
  const databases = named.length === 0 ? [first] : DATABASES.filter((name) => said.databases.has(name));
  await checkStaged(root, id, databases, named.length > 0);
  return { databases, definers: [...said.definers], events: text.said.events };
}

/** Empty databases beside the live ones, with their character sets. */
export async function stageEmpty(socket: string, id: string, databases: readonly string[]): Promise<Staged> {
  using root = await openAsRoot(socket);
  for (const name of databases)
    await root.query(`CREATE DATABASE ${quotedName(nextName(id, name))} CHARACTER SET utf8mb4`);
  return { databases: [...databases], definers: [], events: [] };
}

async function stateOf(root: Database): Promise<{ data: string; readOnly: boolean }> {
  const [row = {}] = await root.query('SELECT @@datadir AS data, @@GLOBAL.read_only AS readOnly');
  return { data: String(row.data), readOnly: Number(row.readOnly) !== 0 };
}

interface ReadThrough {
  said: Said;
  /** Bytes. */
  content: number;
  /** The database that it is of when it names none itself. */
  first: string;
}

/** Reads a whole dump before anything is made of it: what it brings, how much that is, and that its end is there. */
async function readThrough(path: string, signal: AbortSignal, most: Most): Promise<ReadThrough> {
  const first = await ownName(path);
  const redirect = new Redirect({ first, target: (name) => name });
  let content = 0;
  const count = (bytes: number) => {
    content = bytes;
  };
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(readDump(path, count, most), redirect, nowhere, { signal });
  return { said: redirect.said, content, first };
}

/** The database that a dump says it is of; ours when it says none. Throws when it is another. */
async function ownName(path: string): Promise<string> {
  const file = await contentOf(path);
  let head = '';
  try {
    for await (const chunk of file) {
      head += (chunk as Buffer).toString('latin1', 0, HEAD);
      if (head.length >= HEAD) break;
    }
  } catch (thrown) {
    throw broken(thrown as Error);
  } finally {
    file.destroy();
  }
  const name = /^-- Host: .*?\bDatabase: ([^\s]+)/m.exec(head)?.[1];
  return name !== undefined && DATABASES.includes(name) ? name : (DATABASES[0] ?? '');
}

/** Throws when there is nothing of ours, or what is there holds on to databases that are not beside it. */
async function checkStaged(
  root: Database,
  id: string,
  databases: readonly string[],
  mayBeEmpty: boolean,
): Promise<void> {
  const next = databases.map((name) => nextName(id, name));
  const [row = {}] = await root.query(
    'SELECT COUNT(*) AS count FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (?)',
    [next],
  );
  if (!mayBeEmpty && Number(row.count) === 0) throw holdsNone();
  const away = await root.query(
    'SELECT TABLE_NAME AS name FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA IN (?) AND UNIQUE_CONSTRAINT_SCHEMA NOT IN (?)',
    [next, next],
  );
  if (away.length > 0) throw holdsOn(away.map(({ name }) => String(name)));
}

const serverReadOnly = (): Fault =>
  new Fault('conflict', say('MySQL is read-only', 'MySQL 处于只读状态'), {
    next: say('set read_only = OFF first', '请先设置 read_only = OFF'),
  });

const holdsNone = (): Fault =>
  new Fault('conflict', say('the dump holds no database of this product', '备份中没有本产品的数据库'), {
    field: 'file',
  });

const holdsOn = (tables: readonly string[]): Fault =>
  new Fault(
    'conflict',
    say(
      `tables of the dump refer to a database that is not in it: ${tables.join(', ')}`,
      `备份中的表引用了不在备份内的数据库：${tables.join('、')}`,
    ),
    {
      field: 'file',
      next: say(`dump both together: ${DATABASES.join(' ')}`, `请一起导出：${DATABASES.join(' ')}`),
    },
  );
