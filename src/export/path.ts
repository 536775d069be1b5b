import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Names on the way from a share's folder to what is asked for; undefined when the address is none of ours.
 * @param may which names: those that show, unless said otherwise
 */
export function segmentsOf(pathname: string, may = isPlain): string[] | undefined {
  const parts = pathname.split('/').filter((part, index, all) => part !== '' || index < all.length - 1);
  try {
    const names = parts.map(decodeURIComponent);
    return names.every(may) ? names : undefined;
  } catch {
    return undefined;
  }
}

/** No way up, nothing that means something else to the kernel. */
export const isName = (name: string): boolean =>
  name !== '' && !/^\.{1,2}$/.test(name) && name.length <= 255 && !/[/\\\0]/.test(name);

/** Nothing hidden either. */
const isPlain = (name: string): boolean => isName(name) && !name.startsWith('.');

export type Found = { kind: 'folder'; path: string } | { kind: 'file'; handle: FileHandle; stats: Stats };

/**
 * Opens what the names lead to, below the root. Links are not followed anywhere on the way, and what is neither a
 * file nor a folder is not opened at all. Undefined when there is nothing.
 */
export async function openBelow(root: string, names: readonly string[]): Promise<Found | undefined> {
  let path = root;
  for (const [index, name] of names.entries()) {
    path = join(path, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats === undefined) return undefined;
    if (index === names.length - 1 && stats.isFile()) return openFile(path, stats);
    if (!stats.isDirectory()) return undefined;
  }
  return { kind: 'folder', path };
}

async function openFile(path: string, seen: Stats): Promise<Found | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch(() => undefined);
  if (handle === undefined) return undefined;
  const stats = await handle.stat();
  if (stats.ino === seen.ino && stats.dev === seen.dev) return { kind: 'file', handle, stats };
  await handle.close();
  return undefined;
}

export interface Row {
  name: string;
  folder: boolean;
  size: number;
  changed: Date;
}

/** What a folder holds, links and hidden names left out; folders first. */
export async function rowsOf(path: string): Promise<Row[]> {
  const names = (await readdir(path)).filter(isPlain);
  const rows = await Promise.all(
    names.map(async (name) => {
      const stats = await lstat(join(path, name)).catch(() => undefined);
      if (stats === undefined || !(stats.isFile() || stats.isDirectory())) return undefined;
      return { name, folder: stats.isDirectory(), size: stats.size, changed: stats.mtime };
    }),
  );
  return rows
    .filter((row) => row !== undefined)
    .sort((one, other) => Number(other.folder) - Number(one.folder) || (one.name < other.name ? -1 : 1));
}
