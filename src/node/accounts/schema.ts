import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { secret } from '../../api/secret.ts';

/** Changes root's own password. Wrong old one: `refused` with field `oldPassword`, nothing changed. */
export const changeRootPassword = defineAction<void>()({
  name: 'accounts.changeRootPassword',
  input: z.object({ oldPassword: secret, newPassword: secret }),
  access: ['password'],
  lane: 'system',
});
