import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chmod, type FileHandle, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { mustRun } from './exec.ts';
import type { Identity } from './identity.ts';
import { keepLabel } from './label.ts';

const REMOVE_MILLISECONDS = 600_000;

/** Makes what was written into a file last over a power cut. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The same for what a rename or a new file changed in a folder. */
export const syncFolder = syncFile;

/** What is at a path; undefined when nothing is. */
export async function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
}

/**
 * Writes a file so that after a crash the old or the new content is there, whole. The folder must exist.
 * @param owner whose it will be; the writer's own when not given
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
  owner?: Identity,
): Promise<void> {
  await putDraft(await writeDraft(path, content, mode, owner), path);
}

/** The first half of `writeWhole`, all of it that needs room on the disk. Answers the draft, which lies beside the file. */
export async function writeDraft(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
  owner?: Identity,
): Promise<string> {
  const draft = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(draft, 'wx', mode);
    if (owner !== undefined) await handle.chown(owner.uid, owner.gid);
    // The process's umask may have narrowed it.
    await handle.chmod(mode);
    await keepLabel(path, handle.fd);
    await writeAndSync(handle, content);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return draft;
}

/** The second half: the draft becomes the file. */
export async function putDraft(draft: string, path: string): Promise<void> {
  try {
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Takes away what `writeWhole` left in a folder when it was killed. Nobody may be writing there now; where somebody
 * may, only what was written before a moment (milliseconds since 1970) when its writer was there for certain not yet.
 */
export async function removeDrafts(folder: string, before = Number.POSITIVE_INFINITY): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!/^\.[0-9a-f]{12}\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    // A living writer's draft becomes its file meanwhile.
    const written = await lstat(path).catch(() => undefined);
    if (written !== undefined && written.mtimeMs < before) await rm(path, { force: true });
  }
}

/**
 * Takes away a folder with all that is in it, or a file; nothing when it is not there. By its own program: that one
 * looks up each name in the open folder, so that nobody who owns a part of it can lead it elsewhere meanwhile.
 */
export async function removeTree(path: string): Promise<void> {
  await mustRun(['rm', '-rf', '--one-file-system', '--', path], { timeout: REMOVE_MILLISECONDS });
}

async function writeAndSync(handle: FileHandle, content: string | Uint8Array): Promise<void> {
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A folder, private unless said otherwise, made with all above it. The mode of one that exists is left alone. */
export async function ensureFolder(path: string, mode = 0o700): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode }).catch((error: NodeJS.ErrnoException) => {
    // On a read-only disk the recursive form says ENOENT; the plain one says what is wrong.
    if (error.code === 'ENOENT') return mkdir(path, { mode }).then(() => path);
    // With the recursive form this means that a file stands there.
    throw error.code === 'EEXIST' ? Object.assign(error, { code: 'ENOTDIR' }) : error;
  });
  // The process's umask may have narrowed it.
  if (made !== undefined) await chmod(path, mode);
}

/** The text of a file of at most `limit` bytes; undefined when there is none. Throws when it is larger or unreadable. */
export async function readText(path: string, limit: number): Promise<string | undefined> {
  return (await readBytes(path, limit))?.toString();
}

/** As `readText`, for what need not be UTF-8. @param opened how the file is opened */
export async function readBytes(
  path: string,
  limit: number,
  opened: (path: string) => Promise<FileHandle> = (plain) => open(plain, 'r'),
): Promise<Buffer | undefined> {
  const handle = await opened(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(limit + 1), 0, limit + 1, 0);
    if (bytesRead > limit) throw new Error(`${path} is larger than ${limit} bytes`);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

const DISK_TROUBLES: Record<string, string> = {
  ENOSPC: '磁盘已满',
  EDQUOT: '磁盘配额已满',
  EROFS: '磁盘为只读',
  EIO: '磁盘出错',
};

/** What the disk itself refused, in words for a person; undefined when it is something else. */
export function diskFault(thrown: unknown): Fault | undefined {
  const zh = DISK_TROUBLES[(thrown as NodeJS.ErrnoException | undefined)?.code ?? ''];
  if (zh === undefined) return undefined;
  return new Fault('failed', say(diskTrouble(thrown), zh), { cause: thrown });
}

/** What an errno means to a person who looks after the disk; the message of other errors as it is. */
export function diskTrouble(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC') return 'the disk is full';
  if (code === 'EROFS') return 'the disk is read-only';
  if (code === 'EACCES' || code === 'EPERM') return 'no right to write';
  if (code === 'EIO') return 'the disk has an error';
  return error instanceof Error ? error.message : String(error);
}
