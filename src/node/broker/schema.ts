import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { secret } from '../../api/secret.ts';
import { newPassword } from '../database/schema.ts';

/**
 * Changes the password of the service's own RabbitMQ user, rewrites the configuration and restarts the service with
 * it. `rootPassword` is that of the system's root: wrong: `refused`, field `rootPassword`.
 */
export const changeBrokerPassword = defineAction<void>()({
  name: 'broker.changePassword',
  input: z.object({ rootPassword: secret, newPassword }),
  access: ['password'],
  lane: 'services',
});

/**
 * Makes the service's RabbitMQ user anew from the configuration, with its tag and its rights: after a change of the
 * hostname the broker begins empty. Refused (`conflict`) while the host that the broker is named after has a dot or does not resolve.
 */
export const resetBroker = defineAction<{ user: string }>()({
  name: 'broker.reset',
  input: z.object({}),
  access: ['password'],
  lane: 'services',
});
