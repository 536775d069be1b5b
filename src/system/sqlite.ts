import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { mustRun } from './exec.ts';

/** Files of SQLite, as another program keeps them. */

const BUSY_MILLISECONDS = 10_000;
const CHECK_MILLISECONDS = 3_600_000;
/** All pages in one go: a reader of a write-ahead log holds nobody up, and sees one moment. */
const ALL_PAGES = 0x7fff_ffff;
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGE = new Set([11, 26]);

/** What a whole file says about itself: rows by table, or what is wrong with it. */
export interface StoreContent {
  damage?: string;
  tables: Record<string, number>;
}

/**
 * Copies a store that may be written to meanwhile, by SQLite's own backup, into a new file that stands alone. Throws
 * SQLite's own error; `isDamage` tells whether it means that the store is broken.
 */
export async function copyStore(path: string, copy: string): Promise<void> {
  await writeFile(copy, '', { mode: 0o600, flag: 'wx' });
  const source = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MILLISECONDS });
  try {
    await backup(source, copy, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
  await standAlone(copy);
}

/** Brings what is in a store's write-ahead log into its file. Nobody else may have it open. */
export const foldInLog = async (path: string): Promise<void> => standAlone(path);

function standAlone(path: string): void {
  const file = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS });
  try {
    file.exec('PRAGMA journal_mode = DELETE');
  } finally {
    file.close();
  }
}

export const isDamage = (thrown: unknown): boolean =>
  DAMAGE.has((thrown as { errcode?: number }).errcode ?? 0);

/**
 * Reads a whole store and counts its rows, in a program of its own: that may take long, and SQLite lets nothing else
 * run meanwhile. @param program beside this program's own when not given
 */
export async function checkStore(
  path: string,
  signal: AbortSignal,
  program = join(dirname(process.argv[1] ?? ''), 'sqlite-check.cjs'),
): Promise<StoreContent> {
  const argv = ['nice', '-n', '10', process.execPath, program, path];
  const said = await mustRun(argv, { timeout: CHECK_MILLISECONDS, signal });
  try {
    return JSON.parse(said) as StoreContent;
  } catch (cause) {
    throw new Fault('internal', say('the check of the store says nothing', '存储检查没有结果'), { cause });
  }
}
