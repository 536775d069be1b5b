import { z } from 'zod';
import { defineAction } from '../../../../api/action.ts';
import type { ShownPlan } from '../../../../api/plan.ts';
import { seen } from '../../../../api/seen.ts';
import { why } from '../../../../api/why.ts';
import { addressing, checkAddressing, linkName, vlanId } from './fields.ts';

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
