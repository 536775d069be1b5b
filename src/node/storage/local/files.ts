import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { statOf } from '../../../system/files.ts';
import { IMAGE_FORMATS, type ImageFormat } from './schema.ts';

/** Where in a storage everything lies. Each takes the storage's path. */

export const imagesIn = (storage: string): string => join(storage, 'imagecache');

/** Where an image is, or would be. */
export const imagePath = (storage: string, image: string, format: ImageFormat): string =>
  join(imagesIn(storage), `${image}.${format}`);

/** Which image of the cache a file is; undefined for a name that none of them has. */
export const imageOf = (path: string): string | undefined => /(?:^|\/)([0-9a-f]{32})\.\w+$/.exec(path)?.[1];

/** An image of the cache, in QEMU's words. */
export interface Base {
  path: string;
  format: 'qcow2' | 'raw';
}

/** As QEMU calls what lies in an image's file. */
export const qemuFormat = (format: ImageFormat): Base['format'] => (format === 'qcow2' ? 'qcow2' : 'raw');

/** Undefined when the cache does not have it. */
export async function cachedImage(storage: string, image: string): Promise<Base | undefined> {
  const all = IMAGE_FORMATS.map((format) => ({
    path: imagePath(storage, image, format),
    format: qemuFormat(format),
  }));
  const there = await Promise.all(all.map(({ path }) => statOf(path)));
  return all.find((_, at) => there[at]?.isFile() === true);
}

const volumeFolder = (storage: string): string => join(storage, 'volumes');

/** Where a volume is, or would be. */
export const volumePath = (storage: string, volume: string): string =>
  join(volumeFolder(storage), `${volume}.qcow2`);

/** Files of all volumes. */
export async function volumesIn(storage: string): Promise<string[]> {
  const names = await readdir(volumeFolder(storage)).catch(() => []);
  return names.filter((name) => name.endsWith('.qcow2')).map((name) => join(volumeFolder(storage), name));
}
