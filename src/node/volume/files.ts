import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { ensureFolder, statOf, syncFile, syncFolder } from '../../system/files.ts';
import { createQcow2, type ImageInfo, imageInfo } from '../../system/qemu-img.ts';
import { type Base, imageOf, volumePath } from '../storage/local/files.ts';
import type { VolumeErased, VolumeFile } from './schema.ts';

/** As `volume.create` says. @param storage its path @param size bytes */
export async function makeVolume(
  storage: string,
  volume: string,
  size: number,
  base: Base | undefined,
): Promise<VolumeFile> {
  const path = volumePath(storage, volume);
  if (base !== undefined) await mustHold(base, size);
  const there = await infoOf(path);
  if (there === undefined) await create(path, size, base);
  else if (there.size !== size || there.backing !== base?.path)
    throw conflict(say('is there already, and another one', '已存在，但内容不同'));
  const info = there ?? (await imageInfo(path, 'qcow2'));
  return { path, size: info.size, actualSize: info.actualSize };
}

async function infoOf(path: string): Promise<ImageInfo | undefined> {
  if ((await statOf(path)) === undefined) return undefined;
  return imageInfo(path, 'qcow2');
}

async function mustHold({ path, format }: Base, size: number): Promise<void> {
  const image = await imageInfo(path, format);
  if (image.size <= size) return;
  throw new Fault(
    'usage',
    say(`size: is smaller than the image, ${image.size} bytes`, `size：小于镜像的 ${image.size} 字节`),
    { field: 'size' },
  );
}

async function create(path: string, size: number, base: Base | undefined): Promise<void> {
  const folder = dirname(path);
  await ensureFolder(folder, 0o755);
  const draft = `${path}.partial`;
  await rm(draft, { force: true });
  try {
    await createQcow2(draft, size, base);
    await syncFile(draft);
    await rename(draft, path);
  } catch (thrown) {
    await rm(draft, { force: true });
    throw thrown;
  }
  await syncFolder(folder);
}

/** As `volume.remove` says. @param storage its path */
export async function eraseVolume(storage: string, volume: string): Promise<VolumeErased> {
  const path = volumePath(storage, volume);
  await rm(`${path}.partial`, { force: true });
  if ((await statOf(path)) === undefined) return {};
  const info = await imageInfo(path, 'qcow2', false).catch((thrown) => {
    if (/lock/.test(Fault.from(thrown).words.en)) throw conflict(say('is used by a VM', '正被云主机使用'));
    return undefined;
  });
  await rm(path, { force: true });
  await syncFolder(dirname(path));
  const image = info?.backing === undefined ? undefined : imageOf(info.backing);
  return image === undefined ? {} : { image };
}

const conflict = (words: Words): Fault =>
  new Fault('conflict', say(`the volume ${words.en}`, `云盘${words.zh}`), { field: 'volume' });
