import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { ensureFolder, statOf, syncFolder } from '../../system/files.ts';
import { strangeHead } from '../../system/qcow2.ts';
import { checkImage, type ImageInfo, imageInfo } from '../../system/qemu-img.ts';
import { cachedImage, imagePath, imagesIn, qemuFormat, volumesIn } from '../storage/local/files.ts';
import type { ImageFormat } from '../storage/local/schema.ts';
import { roomIn } from '../storage/local/storages.ts';
import { fetchImage, type Watching } from './fetch.ts';
import type { CachedImage } from './schema.ts';
import type { ImageSource } from './source.ts';

/** As `image.ensure` takes it. */
export interface WantedImage {
  image: string;
  format: ImageFormat;
  bytes: number;
  size: number;
  checksum: string;
}

/** Images are read by every guest's QEMU, and written by nobody. */
const READ_ONLY = 0o644;

/** As `image.ensure` says. @param storage its path */
export async function ensureCached(
  source: ImageSource,
  storage: string,
  wanted: WantedImage,
  watching: Watching,
): Promise<CachedImage> {
  const found = await cachedImage(storage, wanted.image);
  if (found !== undefined) return told(found.path, await imageInfo(found.path, found.format));
  const folder = imagesIn(storage);
  await ensureFolder(folder, 0o755);
  const draft = join(folder, `${wanted.image}.partial`);
  await mustHaveRoom(folder, draft, wanted.bytes);
  const sum = await fetchImage(source, { ...wanted, path: draft }, watching);
  try {
    if (`sha256:${sum}` !== wanted.checksum)
      throw not(say('is not the image: its checksum is another one', '校验和不符'));
    const info = await examine(draft, wanted);
    const path = imagePath(storage, wanted.image, wanted.format);
    await publish(draft, path);
    return told(path, info);
  } catch (thrown) {
    // What was fetched whole and is not good gets no better by resuming.
    if (Fault.from(thrown).kind === 'conflict') await rm(draft, { force: true });
    throw thrown;
  }
}

const told = (path: string, { size, actualSize }: ImageInfo): CachedImage => ({ path, size, actualSize });

async function mustHaveRoom(folder: string, draft: string, bytes: number): Promise<void> {
  const size = (await statOf(draft))?.size ?? 0;
  const { available } = await roomIn(folder);
  if (bytes - size <= available) return;
  const needed = Math.ceil((bytes - size) / 1_000_000);
  throw new Fault(
    'failed',
    say(`the disk is full: the image needs ${needed} MB`, `磁盘已满：镜像需要 ${needed} MB`),
  );
}

/** Throws `conflict` field `image` for what is no good image of its format. */
async function examine(path: string, { format, size }: WantedImage): Promise<ImageInfo> {
  const strange = format === 'qcow2' ? await strangeHead(path) : undefined;
  if (strange !== undefined) throw not(strange);
  const info = await imageInfo(path, qemuFormat(format)).catch(badly);
  if (format === 'qcow2') await checkImage(path).catch(badly);
  if (info.size <= size) return info;
  throw not(
    say(`shows a guest ${info.size} bytes, not ${size}`, `对云主机呈现 ${info.size} 字节，而非 ${size}`),
  );
}

async function publish(draft: string, path: string): Promise<void> {
  const handle = await open(draft, 'r');
  await handle.chmod(READ_ONLY).finally(() => handle.close());
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** As `image.remove` says. @param storage its path */
export async function removeCached(storage: string, image: string): Promise<void> {
  const path = (await cachedImage(storage, image))?.path;
  if (path !== undefined && (await isUsed(storage, path)))
    throw new Fault('conflict', say('a volume stands on this image', '有云盘基于该镜像'), { field: 'image' });
  const folder = imagesIn(storage);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(`${image}.`));
  for (const name of names) await rm(join(folder, name), { force: true });
  if (names.length > 0) await syncFolder(folder);
}

async function isUsed(storage: string, path: string): Promise<boolean> {
  for (const volume of await volumesIn(storage)) {
    const { backing } = await imageInfo(volume, 'qcow2');
    if (backing !== undefined && basename(backing) === basename(path)) return true;
  }
  return false;
}

const not = (words: Words): Fault =>
  new Fault('conflict', say(`the image ${words.en}`, `镜像${words.zh}`), { field: 'image' });

function badly(thrown: unknown): never {
  const { kind, words } = Fault.from(thrown);
  if (kind !== 'failed' && kind !== 'timeout') throw thrown;
  throw not(say(`cannot be read: ${words.en}`, `无法读取：${words.zh}`));
}
