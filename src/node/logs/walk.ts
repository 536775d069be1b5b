import type { Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HeldFolder } from '../../system/held-folder.ts';

/** A log, or a folder of logs. With `rotated` all that its rotation left beside it belongs to it. */
export interface Source {
  path: string;
  rotated?: boolean;
}

/** A plain file that was come by, in its open folder: the folder is closed once `file` has settled. */
export interface FoundFile {
  path: string;
  folder: HeldFolder;
  name: string;
  stats: Stats;
}

export interface Visitor {
  file(found: FoundFile): Promise<void>;
  /** What was not gone into. `error` is absent for what is too deep, or a link. */
  passed(path: string, why: 'deep' | 'link' | 'unreadable', error?: NodeJS.ErrnoException): void;
}

/** Whether a name is that of a log, or one that logrotate and its like give to an older part of it, packed or not. */
export function isPartOf(log: string, name: string): boolean {
  if (name === log || name.startsWith(`${log}.`) || name.startsWith(`${log}-`)) return true;
  const [, stem = '', end = ''] = /^(.+)(\.log)$/.exec(log) ?? [];
  // With logrotate's `extension` the ending stays behind the date or number.
  return (
    stem !== '' &&
    new RegExp(`^[.-]\\d[\\d-]*\\${end}(\\.\\w+)?$`).test(name.slice(stem.length)) &&
    name.startsWith(stem)
  );
}

/** Goes through a source's files, `deepest` folders down, without following a link that is not root's own. */
export async function walk({ path, rotated }: Source, deepest: number, visitor: Visitor): Promise<void> {
  const [above, log] = [dirname(path), basename(path)];
  try {
    await using folder = await HeldFolder.open(above);
    const names = rotated ? (await folder.names()).filter((name) => isPartOf(log, name)).sort() : [log];
    for (const name of names) {
      const target = await folder.ownLink(name);
      if (target === undefined) await visit(folder, name, join(above, name), deepest, visitor);
      else await walk({ path: target }, deepest, visitor);
    }
  } catch (error) {
    visitor.passed(path, 'unreadable', error as NodeJS.ErrnoException);
  }
}

async function visit(
  folder: HeldFolder,
  name: string,
  path: string,
  deepest: number,
  visitor: Visitor,
): Promise<void> {
  const stats = await folder.entry(name);
  if (stats?.isFile()) return visitor.file({ path, folder, name, stats });
  if (stats?.isSymbolicLink()) return visitor.passed(path, 'link');
  if (!stats?.isDirectory()) return;
  if (deepest === 0) return visitor.passed(path, 'deep');
  const inner = await folder.folder(name).catch((error) => visitor.passed(path, 'unreadable', error));
  if (!inner) return;
  await using held = inner;
  for (const one of (await held.names()).sort())
    await visit(held, one, join(path, one), deepest - 1, visitor);
}
