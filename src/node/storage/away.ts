import { readdir } from 'node:fs/promises';
import { say, type Words } from '../../api/words.ts';
import { readText } from '../../system/files.ts';
import { notMounted } from '../../system/fstab.ts';
import { isBelow, mountsNow } from '../../system/proc.ts';
import { isMarked } from './mark.ts';

const LIMIT = 1024 * 1024;

/**
 * Why a storage that has a disk of its own is not there now: fstab mounts one at its folder or above it, or our mark keeps
 * the folder for one. What is in the folder then is of another disk. Undefined: it is there.
 */
export async function whyAway(fstab: string, path: string): Promise<Words | undefined> {
  const mounts = mountsNow();
  const missing = notMounted((await readText(fstab, LIMIT)) ?? '', mounts).find(({ at }) =>
    isBelow(path, at),
  );
  if (missing !== undefined) {
    const { source, at } = missing;
    return say(`${source} is not mounted at ${at}`, `${source} 未挂载于 ${at}`);
  }
  if (mounts.some(({ mountPoint }) => mountPoint === path) || !(await isKeptForDisk(path))) return undefined;
  return say(
    `nothing is mounted at ${path}, which is kept for a disk`,
    `${path} 为磁盘保留，但未挂载任何磁盘`,
  );
}

/** Nobody can have written into a marked folder. */
async function isKeptForDisk(path: string): Promise<boolean> {
  const names = await readdir(path).catch(() => undefined);
  return names?.length === 0 && (await isMarked(path));
}
