import { dirname, join } from 'node:path';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { mustRun } from './exec.ts';
import { type Identity, identityOf } from './identity.ts';

/** Files of SQLite, as another program keeps them. */

const WORK_MILLISECONDS = 3_600_000;
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGE = new Set([11, 26]);

/** What a whole file says about itself: rows by table, or what is wrong with it. */
export interface StoreContent {
  damage?: string;
  tables: Record<string, number>;
}

/** What the program says that works on the files. */
export interface StoreSaid {
  content?: StoreContent;
  error?: string;
  /** SQLite's own. */
  errcode?: number;
}

/** How the work is done: in a program of its own, as whoever owns the files. */
export interface StoreWork {
  signal: AbortSignal;
  /** This program's own user when not given. */
  owner?: Identity;
  /** Beside this program when not given. */
  program?: string | undefined;
}

/**
 * Copies a store that may be written to meanwhile, by SQLite's own backup, into a new file that stands alone; its
 * folder is the owner's. Throws SQLite's own error; `isDamage` tells whether it means that the store is broken.
 */
export async function copyStore(path: string, copy: string, how: StoreWork): Promise<void> {
  await work(['copy', path, copy], how);
}

/** Brings what is in a store's write-ahead log into its file. Nobody else may have it open. Throws as `copyStore`. */
export async function foldInLog(path: string, how: StoreWork): Promise<void> {
  await work(['fold', path], how);
}

export const isDamage = (thrown: unknown): boolean =>
  DAMAGE.has((thrown as { errcode?: number }).errcode ?? 0);

/** Reads a whole store and counts its rows. */
export async function checkStore(path: string, how: StoreWork): Promise<StoreContent> {
  const { content } = await work(['content', path], how).catch((thrown: Error) => {
    if (thrown instanceof Fault || how.signal.aborted) throw thrown;
    return { content: { damage: thrown.message, tables: {} } };
  });
  if (content === undefined) throw silent();
  return content;
}

async function work(words: readonly string[], { signal, owner, program }: StoreWork): Promise<StoreSaid> {
  const file = program ?? join(dirname(process.argv[1] ?? ''), 'sqlite-program.cjs');
  const argv = [...identityOf(owner), 'nice', '-n', '10', process.execPath, file, ...words];
  const text = await mustRun(argv, { timeout: WORK_MILLISECONDS, signal });
  const said = parsed(text);
  if (said.error !== undefined) throw Object.assign(new Error(said.error), { errcode: said.errcode });
  return said;
}

function parsed(text: string): StoreSaid {
  try {
    return JSON.parse(text) as StoreSaid;
  } catch (cause) {
    throw silent(cause);
  }
}

const silent = (cause?: unknown): Fault =>
  new Fault('internal', say('the check of the store says nothing', '存储检查没有结果'), { cause });
