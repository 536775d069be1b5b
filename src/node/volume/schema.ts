import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { uuid } from '../../api/uuid.ts';
import { say } from '../../api/words.ts';

/** A qcow2 file. */
export interface VolumeFile {
  /** Absolute, below the storage's path. */
  path: string;
  /** Bytes that a guest sees, and bytes of the file. */
  size: number;
  actualSize: number;
}

const volume = z.object({ storage: uuid, volume: uuid });

/**
 * Makes a qcow2 volume in a storage: empty, or standing on an image of its cache. One that is there with this size and
 * image is answered. Faults: `notFound` field `storage` or `image` (not in the cache), `conflict` field `volume` (it is
 * there and another one), `usage` field `size` (smaller than the image), `failed` (the disk is full).
 */
export const createVolume = defineAction<VolumeFile>()({
  name: 'volume.create',
  input: volume.extend({
    image: uuid.optional(),
    /** Bytes, a multiple of 512. */
    size: z.int().min(512).multipleOf(512),
  }),
  access: ['cluster'],
  lane: 'guests',
  about: (input) => `volume ${input.volume}`,
  told: () => say('Make a volume', '创建云盘'),
});

/** What an erased volume leaves behind. */
export interface VolumeErased {
  /** Uuid of the image of the cache that it stood on. */
  image?: string;
}

/** Erases a volume; one that is not there is gone already. Fault `conflict` field `volume` while a VM here uses it. */
export const removeVolume = defineAction<VolumeErased>()({
  name: 'volume.remove',
  input: volume,
  access: ['cluster'],
  lane: 'guests',
  about: (input) => `volume ${input.volume}`,
  told: () => say('Erase a volume', '彻底删除云盘'),
});
