import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { ruled } from '../../api/ruled.ts';
import { uuid } from '../../api/uuid.ts';
import { say } from '../../api/words.ts';
import { IMAGE_FORMATS } from '../storage/local/schema.ts';

/** An image in the cache of a storage. */
export interface CachedImage {
  /** Absolute, below the storage's path. */
  path: string;
  /** Bytes that a guest sees, and bytes of the file. */
  size: number;
  actualSize: number;
}

const notChecksum = say('is not sha256: and 64 hex digits', '不是 sha256: 加 64 位十六进制数');

const image = z.object({ storage: uuid, image: uuid });

/**
 * Has an image in the cache of a storage: taken from the management node over the link's own certificates where it is
 * not there yet, resumed where it broke off, compared with its checksum, and examined: what is no image of its format,
 * is cut short, has a backing or data file, or is larger inside than `size` is not kept. One that is there is answered at
 * once. Progress tells the bytes. Faults: `notFound` field `storage`, `unavailable` (no link, the peer does not have it,
 * qemu-img is missing), `conflict` field `image` (checksum, format, or what is in it), `failed` (the disk is full).
 */
export const ensureImage = defineAction<CachedImage>()({
  name: 'image.ensure',
  input: image.extend({
    format: z.enum(IMAGE_FORMATS),
    /** Bytes of the file. */
    bytes: z.int().min(1),
    /** Bytes that a guest sees. */
    size: z.int().min(1),
    /** Of the file: `sha256:` and 64 hex digits. */
    checksum: ruled((text) => (/^sha256:[0-9a-f]{64}$/.test(text) ? undefined : notChecksum)),
  }),
  access: ['cluster'],
  lane: 'guests',
  about: ({ image: which }) => `image ${which}`,
  told: () => say('Fetch an image', '获取镜像'),
});

/**
 * Takes an image out of the cache of a storage; one that is not there is gone already. Fault `conflict` field `image`
 * while a volume stands on it.
 */
export const removeImage = defineAction<void>()({
  name: 'image.remove',
  input: image,
  access: ['cluster'],
  lane: 'guests',
  about: ({ image: which }) => `image ${which}`,
  told: () => say('Remove an image from the cache', '从缓存中删除镜像'),
});
