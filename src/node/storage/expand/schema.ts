import { z } from 'zod';
import { defineAction } from '../../../api/action.ts';
import type { ShownPlan } from '../../../api/plan.ts';
import { seen } from '../../../api/seen.ts';
import { uuid } from '../../../api/uuid.ts';
import { why } from '../../../api/why.ts';
import { say, type Words } from '../../../api/words.ts';

/** A primary storage on this node. Bytes. */
export interface LocalStorage {
  storage: string;
  path: string;
  total: number;
  free: number;
  /** What it was copied from onto a disk of its own, and still lies beside it. */
  old?: { path: string; bytes: number };
  /** Why it cannot be put onto another disk; absent: nothing is known against it. */
  problem?: Words;
}

/** A disk of this node. */
export interface LocalDisk {
  /** `/dev/sdb`. */
  device: string;
  model: string;
  /** Bytes. */
  size: number;
  /** What is on it and would be lost; empty: it is empty. */
  holds: Words[];
  /** Which storage was on it, or on a partition of it, until another disk took its place: it has the copy of then. */
  formerly?: { path: string; device: string };
  /** Why nobody may take it at all, whatever they type. */
  inUse?: Words;
}

export interface Expansion {
  storages: LocalStorage[];
  disks: LocalDisk[];
}

/** The storages of this node, and the disks that there are for them. Takes seconds. */
export const readExpansion = defineAction<Expansion>()({
  name: 'storage.expansion',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

const device = z.string().regex(/^\/dev\/[\w/.-]{1,64}$/, 'is no disk, such as /dev/sdb');

const wanted = z.object({
  storage: uuid,
  device,
  /** Name of a disk that is not empty, such as `sdb`: what it holds is lost. */
  erase: z.string().max(64).optional(),
});
export type WantedExpansion = z.output<typeof wanted>;

/**
 * How a storage would come onto a disk of its own, or onto another one. Faults: `notFound` field `storage` or `device`;
 * `conflict` field `storage` (it has open files, is mounted in a way that must stay, or VMs run), field `device` (in use, too small), field `erase`
 * (the disk holds something, and its name was not given); `unavailable` with what is missing.
 */
export const planExpansion = defineAction<ShownPlan>()({
  name: 'storage.planExpand',
  input: wanted,
  access: ['password'],
  lane: 'none',
});

/** What an expansion did. */
export interface Expanded {
  /** Compared to the last byte. */
  files: number;
  bytes: number;
  /** Where the storage's files were, and still are: a folder, or the disk that it had for itself. */
  old: { folder: string } | { device: string };
  /** Bytes of the storage now. */
  total: number;
  free: number;
  /** Why the cluster does not know of it yet. */
  untold?: Words;
}

/**
 * Puts a storage onto a disk of its own: the host rests, the disk gets a file system, all files are copied and compared,
 * and the disk takes the folder's place, over reboots too. Nothing of the old files goes; a disk that the storage had for
 * itself is not mounted any more. Faults as of its plan.
 */
export const expandStorage = defineAction<Expanded>()({
  name: 'storage.expand',
  input: wanted.extend({ why, seen }),
  access: ['password'],
  lane: 'guests',
  long: true,
});

/**
 * Removes the files that a storage was copied from and that lie beside it. `conflict` unless the disk is in its place, now
 * and at the next start; names the disk that has them otherwise. Answers the bytes that they took.
 */
export const removeOldStorage = defineAction<{ bytes: number }>()({
  name: 'storage.removeOld',
  input: z.object({ storage: uuid, why }),
  access: ['password'],
  lane: 'guests',
  long: true,
  told: () => say('Remove the files that a storage was copied from', '删除主存储迁移前的旧文件'),
});
