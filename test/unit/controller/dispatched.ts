import { z } from 'zod';
import { defineAction } from '../../../src/api/action.ts';
import type { ShownPlan } from '../../../src/api/plan.ts';
import { secret } from '../../../src/api/secret.ts';
import { seen } from '../../../src/api/seen.ts';

/** One action of each sort, for the dispatcher's tests. */

export const look = defineAction<string>()({
  name: 'test.look',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});
export const guarded = defineAction<string>()({
  name: 'test.guarded',
  input: z.object({ password: secret.optional(), count: z.int().default(1) }),
  access: ['password'],
  lane: 'none',
});
export const change = defineAction<void>()({
  name: 'test.change',
  input: z.object({ address: z.string().min(3), seen }),
  access: ['password'],
  lane: 'node',
});
export const show = defineAction<ShownPlan>()({
  name: 'test.plan',
  input: z.object({ address: z.string() }),
  access: ['password'],
  lane: 'none',
});
export const forgetful = defineAction<void>()({
  name: 'test.forgetful',
  input: z.object({ seen }),
  access: ['password'],
  lane: 'none',
});
export const reboot = defineAction<void>()({
  name: 'power.reboot',
  input: z.object({}),
  access: ['password'],
  lane: 'node',
  urgent: true,
});
export const long = defineAction<string>()({
  name: 'test.long',
  input: z.object({}),
  access: ['password'],
  lane: 'node',
  // Answers the job's number at once.
  long: true,
});

export const ordered = defineAction<string>()({
  name: 'test.ordered',
  input: z.object({}),
  access: ['cluster'],
  lane: 'none',
});
export const shared = defineAction<string>()({
  name: 'test.shared',
  input: z.object({}),
  access: ['password', 'cluster'],
  lane: 'none',
});
