import { z } from 'zod';
import { ruled } from '../../../../api/ruled.ts';
import { say } from '../../../../api/words.ts';
import { NO_ADDRESS, versionOf } from './address.ts';
import { missingOption } from './bond.ts';
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
} from './fields.ts';

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
