import { z } from 'zod';
import { defineAction } from '../../../api/action.ts';
import type { ShownPlan } from '../../../api/plan.ts';
import { ruled } from '../../../api/ruled.ts';
import { seen } from '../../../api/seen.ts';
import { why } from '../../../api/why.ts';
import { say, type Words } from '../../../api/words.ts';
import { NO_ADDRESS, versionOf } from './schema/address.ts';
import { missingOption } from './schema/bond.ts';
import {
  addressing,
  bonding,
  checkAddressing,
  checkBonding,
  checkMore,
  linkName,
  linkNameOrMac,
  moreAddresses,
  mtu,
  newName,
  report,
  vlanId,
} from './schema/fields.ts';
import type { NetworkState } from './schema/state.ts';

export type { Family, Link, LinkSettings, NetworkState } from './schema/state.ts';

/** Sets one family's address; the other family stays as it is. Empty gateway: none. */
export const setAddress = z
  .object({
    kind: z.literal('setAddress'),
    link: linkName,
    method: z.enum(['static', 'dhcp', 'off']).default('static'),
    /** Of `dhcp` and `off`; a static address tells it by itself. */
    version: z.union([z.literal(4), z.literal(6)]).default(4),
    mtu: mtu.optional(),
    /** On the bridge `br_LINK` instead, which is made when there is none. */
    bridge: z.boolean().default(false),
    ...addressing,
    /** The other addresses of that family, with prefix lengths. Absent: those of now stay. */
    more: moreAddresses.optional(),
  })
  .superRefine((input, context) => {
    if (input.method !== 'static') return;
    checkAddressing(input, context, true);
    checkMore(input, context);
  });

/** One more address beside those that the link has; its gateway stays. */
export const addAddress = z
  .object({
    kind: z.literal('addAddress'),
    link: linkName,
    address: addressing.address.unwrap(),
    netmask: addressing.netmask.unwrap(),
  })
  .superRefine((input, context) => checkAddressing(input, context, true));

/** Takes one of several addresses away. */
export const removeAddress = z.object({
  kind: z.literal('removeAddress'),
  link: linkName,
  address: ruled((text) => (versionOf(text) === undefined ? NO_ADDRESS : undefined)),
});

export const clearAddress = z.object({ kind: z.literal('clearAddress'), link: linkName });

export const createBond = z
  .object({
    kind: z.literal('createBond'),
    name: newName('bond'),
    ...bonding,
    members: z.array(linkName),
    /** Scripts may make a bond that gets its members later. */
    allowEmpty: z.boolean().default(false),
    mtu: mtu.optional(),
    ...addressing,
  })
  .superRefine((input, context) => {
    checkBonding(input, context);
    const missing = missingOption(input.options ?? {});
    if (missing !== undefined) report(context, 'options', missing);
    checkAddressing(input, context, false);
    if (input.members.length === 0 && !input.allowEmpty)
      report(context, 'members', say('are missing: a bond needs at least one', '为空：至少需要一个成员'));
    if (new Set(input.members).size < input.members.length)
      report(context, 'members', say('name one NIC twice', '重复列出了同一网卡'));
  });

export const changeBond = z
  .object({ kind: z.literal('changeBond'), name: linkName, ...bonding, mtu: mtu.optional() })
  .superRefine(checkBonding);

export const deleteBond = z.object({ kind: z.literal('deleteBond'), name: linkName });
export const attach = z.object({ kind: z.literal('attach'), bond: linkName, nic: linkName });
export const detach = z.object({ kind: z.literal('detach'), bond: linkName, nic: linkName });

export const createVlan = z
  .object({
    kind: z.literal('createVlan'),
    parent: linkName,
    id: vlanId,
    /** Absent: `PARENT.ID`. */
    name: newName('vlan').optional(),
    /** The parent's address goes over to the VLAN. */
    moveAddress: z.boolean().default(false),
    mtu: mtu.optional(),
    ...addressing,
  })
  .superRefine((input, context) => checkAddressing(input, context, false));

/** By its own name, or by what it is. */
export const deleteVlan = z
  .object({
    kind: z.literal('deleteVlan'),
    name: linkName.optional(),
    parent: linkName.optional(),
    id: vlanId.optional(),
  })
  .superRefine(({ name, parent, id }, context) => {
    if (name === undefined && (parent === undefined || id === undefined))
      report(context, 'name', say('is empty', '为空'));
  });

export const createBridge = z
  .object({
    kind: z.literal('createBridge'),
    link: linkName,
    /** Absent: `br_LINK`. */
    name: newName('bridge').optional(),
    mtu: mtu.optional(),
    ...addressing,
  })
  .superRefine((input, context) => checkAddressing(input, context, false));

export const deleteBridge = z.object({ kind: z.literal('deleteBridge'), name: linkName });
export const rename = z.object({ kind: z.literal('rename'), from: linkName, to: newName('physical') });

/** New NICs take the places of those that are missing, which are called as their profiles do. Without pairs: all of them, by name and slot. */
export const replaceNics = z.object({
  kind: z.literal('replaceNics'),
  pairs: z.array(z.object({ missing: linkNameOrMac, nic: linkName })).default([]),
});

/** Which link (and with several addresses, which of them) the node is managed at. */
export const setManagement = z.object({
  kind: z.literal('setManagement'),
  link: linkName,
  address: z.string().trim().optional(),
});

/** Brings back the state that was kept under this number. */
export const restore = z.object({ kind: z.literal('restore'), id: z.int().min(1) });

/** Everything that can be asked of the network, by console, script and cluster alike. */
export const change = z.discriminatedUnion('kind', [
  setAddress,
  clearAddress,
  addAddress,
  removeAddress,
  createBond,
  changeBond,
  deleteBond,
  attach,
  detach,
  createVlan,
  deleteVlan,
  createBridge,
  deleteBridge,
  rename,
  replaceNics,
  setManagement,
  restore,
]);
export type Change = z.output<typeof change>;
export type ChangeInput = z.input<typeof change>;

/** One thing that must hold before a change is kept. */
export type EvidenceKind = 'carrier' | 'address' | 'unique' | 'gateway' | 'lacp' | 'peer';
export interface Evidence {
  kind: EvidenceKind;
  link: string;
  /** Address, gateway or peer. */
  target?: string;
}
export interface Finding extends Evidence {
  /** `note`: does not hold, but did not before either. `none`: does not concern this node. */
  state: 'waiting' | 'good' | 'note' | 'none';
  words: Words;
}

/** A change that is being made, or waits to be kept. Seconds count down from the controller's monotonic clock. */
export interface PendingChange {
  id: string;
  title: Words;
  phase: 'applying' | 'proving' | 'confirming' | 'keeping' | 'takingBack';
  /** Until it is taken back by itself, while it waits for evidence (`proving`) or an answer (`confirming`). */
  secondsLeft?: number;
  /** Somebody wants it kept: it will be as soon as all is proven. */
  agreed?: boolean;
  findings: Finding[];
  doing: Words;
}

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

const resetInput = z
  .object({
    /** A NIC, or a bond that has ports. */
    nic: linkName,
    method: z.enum(['static', 'dhcp']),
    /** The address is on this VLAN of it. */
    vlan: vlanId.optional(),
    ...addressing,
  })
  .superRefine((input, context) => {
    if (input.method === 'static') checkAddressing(input, context, true);
  });

/** What the reset would do, as a plan. Throws as `network.reset` does before its first step. */
export const planNetworkReset = defineAction<ShownPlan>()({
  name: 'network.planReset',
  input: resetInput,
  access: ['password'],
  lane: 'none',
});

/**
 * Brings the node back to one NIC with one address, whatever state its network is in. A copy of what was is kept.
 * Faults before anything is touched: `notFound`, `usage`, `conflict` (a setting keeps NetworkManager from the NIC).
 */
export const resetNetwork = defineAction<{ copy: string }>()({
  name: 'network.reset',
  input: resetInput.and(z.object({ why, seen })),
  access: ['password'],
  lane: 'network',
});
