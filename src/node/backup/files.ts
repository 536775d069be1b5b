import { link, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureFolder, removeTree, syncFolder } from '../../system/files.ts';
import { lockFolder } from '../../system/lock.ts';

/** A dump in the backup folder. Sizes in bytes, times in milliseconds since 1970. */
export interface BackupFile {
  path: string;
  size: number;
  made: number;
}

export const NAME = 'zstack-backup-db';
export const SAFETY_NAME = 'zstack-before-restore';
export const RESET_NAME = 'zstack-before-reset';
/** The throw-away server's own user passes through to its place; the dumps themselves are root's alone. */
export const FOLDER_MODE = 0o711;
const STAMP = '\\d{4}-\\d{2}-\\d{2}_\\d{2}-\\d{2}-\\d{2}';
const DRAFT = /^\.zstack-[\w-]+\.partial$/;

/** Local time as in `2026-11-22_00-30-00`. */
export function stampOf(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day}_${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join('-')}`;
}

/** Those of some file names that are dumps of this name, newest first by their names. */
export function ownNames(files: readonly string[], name: string): string[] {
  const pattern = new RegExp(`^${name}-${STAMP}\\.gz$`);
  return files
    .filter((one) => pattern.test(one))
    .sort()
    .reverse();
}

/** Those of some dumps, newest first, that are too many. `spared` are kept whatever their names say: clocks jump. */
export const oldOnes = (names: readonly string[], keep: number, spared: readonly string[]): string[] =>
  names.filter((one) => !spared.includes(one)).slice(Math.max(0, keep - spared.length));

/** Dumps of one name, newest first by their names. */
export async function listBackups(folder: string, name = NAME): Promise<BackupFile[]> {
  const files = ownNames(await readdir(folder), name).map(async (one) => {
    const path = join(folder, one);
    const { size, mtimeMs } = await stat(path);
    return { path, size, made: mtimeMs };
  });
  return Promise.all(files);
}

/** Gives a finished draft its name, never that of another file: within one second there is one dump at most. */
export async function publish(draft: string, folder: string, name: string): Promise<string> {
  for (;;) {
    const path = join(folder, `${name}-${stampOf(new Date())}.gz`);
    try {
      await link(draft, path);
      await rm(draft);
      await syncFolder(folder);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      await delay(200);
    }
  }
}

/** Removes all but the newest `keep` dumps of a name, and never the files `spared`. */
export async function prune(
  folder: string,
  name: string,
  keep: number,
  spared: readonly string[],
): Promise<string[]> {
  const old = oldOnes(ownNames(await readdir(folder), name), keep, spared);
  for (const one of old) await rm(join(folder, one));
  return old;
}

/** Does `work` while nothing else dumps into the folder or loads from it: it would meet a half-way state. */
export async function alone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await ensureFolder(folder, FOLDER_MODE);
  const lock = lockFolder(folder);
  try {
    await removeDrafts(folder);
    return await work();
  } finally {
    lock.release();
  }
}

/** Removes what a run that was killed left behind. Only for who holds the folder's lock. */
export async function removeDrafts(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => DRAFT.test(name));
  for (const name of left) await removeTree(join(folder, name));
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
