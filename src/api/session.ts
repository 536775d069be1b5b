import { z } from 'zod';
import { defineAction } from './action.ts';
import { secret } from './secret.ts';

/** Proof that somebody gave the root password a moment ago: signed by guard, checked by the controller. Opaque to the console. */
export const ticket = secret;

export const AREAS = ['configuration', 'power'] as const;
export type Area = (typeof AREAS)[number];

/**
 * Opens the password session of this connection and takes the pen. Fails with `conflict` when another session holds
 * the pen, unless `takeOver`; the ticket is then still good for a second try. `since` is the holder's mark in the
 * `pen` fact: another one there means that the session was taken over or has ended. The session ends with `session.close`, with the connection, or idle.
 */
export const openSession = defineAction<{ idleSeconds: number; since: number }>()({
  name: 'session.open',
  input: z.object({ ticket, area: z.enum(AREAS), takeOver: z.boolean().default(false) }),
  access: ['look'],
  lane: 'none',
});

export const closeSession = defineAction<void>()({
  name: 'session.close',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

/** A key was pressed: the session is not idle. */
export const touchSession = defineAction<void>()({
  name: 'session.touch',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
  record: 'count',
});
