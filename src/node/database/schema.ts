import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { secret } from '../../api/secret.ts';

/** The servers and their clients agree on so many characters. */
export const LONGEST_PASSWORD = 128;

/** A new password of a database or broker account: any characters but line breaks, at most 128. */
export const newPassword = secret.refine(
  (value) => [...value.reveal()].length <= LONGEST_PASSWORD,
  `must not be longer than ${LONGEST_PASSWORD} characters`,
);

/** Changes the password of MySQL's `root`, on all its host rows. Wrong present one: `refused`, field `rootPassword`. */
export const changeDatabaseRoot = defineAction<void>()({
  name: 'database.changeRootPassword',
  input: z.object({ rootPassword: secret, newPassword }),
  access: ['password'],
  lane: 'services',
});

/**
 * Changes the password of the service's own MySQL account: for a while both are good, the configuration is rewritten,
 * the service restarted with it, then the old one goes. Any failure ends with the old one everywhere.
 */
export const changeDatabaseService = defineAction<void>()({
  name: 'database.changeServicePassword',
  input: z.object({ rootPassword: secret, newPassword }),
  access: ['password'],
  lane: 'services',
});
