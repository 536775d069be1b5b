import { z } from 'zod';
import { defineAction } from '../../../api/action.ts';
import type { Disk, Nic, ServiceFact, Vm } from '../schema.ts';

/** What the node has, one by one and by kind, as its cluster stores it. */
export interface Items {
  vm: Vm;
  link: Nic;
  disk: Disk;
  service: ServiceFact;
}

export type ItemKind = keyof Items;

/** One item by its uuid: 32 hex digits, a VM's own, else the same for the same name on this machine. null: it is gone. */
export type ItemOf = { [K in ItemKind]: { kind: K; uuid: string; item: Items[K] | null } }[ItemKind];

/** How far somebody knows the items: `seq` goes up by one with each change, `epoch` is another one with each start of the controller. */
export interface ItemMark {
  epoch: string;
  seq: number;
}

export type ItemChange = ItemOf & ItemMark;

/**
 * All that there is of these kinds, up to the mark; the others were not read yet. It comes in parts: what is in none of
 * them, up to the last, is not there.
 */
export interface ItemSnapshot {
  snapshot: ItemMark & { kinds: ItemKind[]; items: ItemOf[]; more: boolean };
}

export type ItemNews = ItemSnapshot | { change: ItemChange };

/**
 * Streams what changed since the mark, then each change as it comes; first a snapshot where no mark is given, or none
 * that the changes still reach back to. Ends when the caller cancels.
 */
export const watchItems = defineAction<void, ItemNews>()({
  name: 'facts.watchItems',
  input: z.object({
    last: z
      .object({ epoch: z.string().regex(/^[0-9a-f]{32}$/, 'is no epoch'), seq: z.int().min(0) })
      .optional(),
  }),
  access: ['look', 'cluster'],
  lane: 'none',
});
