import { z } from 'zod';
import { defineAction } from '../../../api/action.ts';
import type { ShownPlan } from '../../../api/plan.ts';
import { seen } from '../../../api/seen.ts';
import { why } from '../../../api/why.ts';
import type { Words } from '../../../api/words.ts';
import { change } from './schema/change.ts';
import { linkName } from './schema/fields.ts';
import type { PendingChange } from './schema/pending.ts';
import type { NetworkState } from './schema/state.ts';

const unattended = z
  .boolean()
  .default(false)
  .describe('nobody can be asked: what the evidence proves is kept');

export const readNetwork = defineAction<NetworkState>()({
  name: 'network.read',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

/** As `network.read`, and again whenever something of it changes, whoever did it. Ends when the caller cancels. */
export const watchNetwork = defineAction<void, NetworkState>()({
  name: 'network.watch',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

/** Lets a NIC's light blink, to find it at the machine. */
export const identifyNic = defineAction<void>()({
  name: 'network.identify',
  input: z.object({ nic: linkName, seconds: z.int().min(1).max(60).default(10) }),
  access: ['password'],
  lane: 'none',
});

export const planChange = defineAction<ShownPlan>()({
  name: 'network.plan',
  input: z.object({ change }),
  access: ['password'],
  lane: 'none',
});

/** Makes the change. Ends when it was kept; taken back: fault `failed` with the reason. */
export const makeChange = defineAction<void, PendingChange>()({
  name: 'network.change',
  input: z.object({ change, unattended, why, seen }),
  access: ['password'],
  lane: 'network',
  long: true,
});

/** The change that waits, if any; then again whenever it moves on. Ends when the caller cancels. */
export const watchPending = defineAction<void, { pending?: PendingChange }>()({
  name: 'network.watchPending',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

export const keepChange = defineAction<void>()({
  name: 'network.keep',
  input: z.object({ id: z.string() }),
  access: ['password'],
  lane: 'none',
});

export const takeBackChange = defineAction<void>()({
  name: 'network.takeBack',
  input: z.object({ id: z.string() }),
  access: ['password'],
  lane: 'none',
});

/** One kept state, or a change that was taken back. `difference` has a line for each setting that it changed, or would have. */
export interface HistoryEntry {
  /** 0 for what was taken back. */
  id: number;
  /** Wall time in milliseconds since 1970. */
  time: number;
  who: string;
  title: Words;
  why: string;
  difference: string[];
  /** Why it did not stay, of what was taken back. */
  failed?: Words;
}

export const readHistory = defineAction<HistoryEntry[]>()({
  name: 'network.history',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

/** Writes down the network of now as the kept state, where others have changed it. Changes nothing else. */
export const keepPresent = defineAction<void>()({
  name: 'network.keepPresent',
  input: z.object({}),
  access: ['password'],
  lane: 'network',
});
