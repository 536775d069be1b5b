import { access, chmod, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { ensureFolder, syncFolder } from '../../system/files.ts';
import type { Fetched, ImageFiles, Wanted, Watching } from '../resource/backup-storage/files.ts';
import { examined } from './examine.ts';
import { fetchFile, sumsOf } from './fetch.ts';
import { folderProblem, type ImageFolders, isThisMachine, urlProblem } from './places.ts';
import { openPart } from './source.ts';

/** Files of images in folders of this machine: `IMAGE.qcow2`, and `IMAGE.partial` while it is fetched. */
export const imageFiles = (folders: ImageFolders): ImageFiles => ({
  isHere: isThisMachine,
  folderProblem: (folder) => folderProblem(folder, folders),
  urlProblem: (url) => urlProblem(url, folders),
  room,
  fetch: (wanted, watching) => fetched(wanted, watching, folders),
  remove,
});

async function room(folder: string): Promise<{ total: number; available: number }> {
  await ensureFolder(folder, 0o750);
  const { blocks, bavail, bsize } = await statfs(folder);
  return { total: blocks * bsize, available: bavail * bsize };
}

async function fetched(wanted: Wanted, { signal }: Watching, folders: ImageFolders): Promise<Fetched> {
  const { image, format, folder, url, isHere } = wanted;
  const path = join(folder, `${image}.${format}`);
  await ensureFolder(folder, 0o750);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return whole(path, format, signal);
  const draft = join(folder, `${image}.partial`);
  const { bytes, sha256, md5 } = await fetchFile({
    ...{ path: draft, signal },
    open: (from, version) => opened({ url, isHere, from, version, signal }, folder, folders),
  });
  const size = await examined(draft, format);
  await publish(draft, path);
  return { path, bytes, size, checksum: `sha256:${sha256}`, md5 };
}

async function whole(path: string, format: string, signal: AbortSignal): Promise<Fetched> {
  const { bytes, sha256, md5 } = await sumsOf(path, signal);
  return { path, bytes, size: await examined(path, format), checksum: `sha256:${sha256}`, md5 };
}

/** What has no room is not begun. */
async function opened(from: Parameters<typeof openPart>[0], folder: string, folders: ImageFolders) {
  const part = await openPart(from, folders);
  const { available } = await room(folder);
  if (part.total === undefined || part.total - part.from <= available) return part;
  part.bytes.destroy();
  const needed = Math.ceil((part.total - part.from) / 1_000_000);
  throw new Fault(
    'failed',
    say(`the disk is full: the image needs ${needed} MB`, `磁盘已满：镜像需要 ${needed} MB`),
  );
}

/** Hosts read it; nobody writes it any more. */
async function publish(draft: string, path: string): Promise<void> {
  await chmod(draft, 0o440);
  const handle = await open(draft, 'r');
  await handle.sync().finally(() => handle.close());
  await rename(draft, path);
  await syncFolder(join(path, '..'));
}

async function remove(folder: string, image: string): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(`${image}.`));
  for (const name of names) await rm(join(folder, name), { force: true });
  if (names.length > 0) await syncFolder(folder);
}
