import { z } from 'zod';
import { defineAction } from '../api/action.ts';
import { secret } from '../api/secret.ts';
import { ticket } from '../api/session.ts';
import { why } from '../api/why.ts';
import type { Words } from '../api/words.ts';

/** Whether root's password can be used to get in: `locked` accounts cannot, and the console says how to set one. */
export const passwordState = defineAction<{ state: 'usable' | 'locked' | 'empty' }>()({
  name: 'guard.passwordState',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

/**
 * Checks root's password through PAM. Refused faults: wrong password (one text for every reason), or locked out
 * (with the minutes left). From the third failure on answers come slower.
 */
export const checkPassword = defineAction<{ ticket: string }>()({
  name: 'guard.checkPassword',
  input: z.object({ password: secret }),
  access: ['look'],
  lane: 'none',
});

/** What of this node's settings makes no sense, and what holds instead: for when the controller cannot say it. */
export const settingTroubles = defineAction<{ troubles: readonly Words[] }>()({
  name: 'guard.settingTroubles',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

const withTicket = z.object({ ticket });
/** The reason goes into the system's journal. */
const withReason = z.object({ ticket, why });

/** For when the controller does not answer: each wants a ticket that is at most ten minutes old. */
export const guardRestartController = defineAction<void>()({
  name: 'guard.restartController',
  input: withTicket,
  access: ['look'],
  lane: 'node',
});
export const guardReboot = defineAction<void>()({
  name: 'guard.reboot',
  input: withReason,
  access: ['look'],
  lane: 'node',
});
export const guardPowerOff = defineAction<void>()({
  name: 'guard.powerOff',
  input: withReason,
  access: ['look'],
  lane: 'node',
});
