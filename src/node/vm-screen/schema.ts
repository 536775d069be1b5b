import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { secret } from '../../api/secret.ts';
import { uuid } from '../../api/uuid.ts';

/**
 * Brings a guest's screen (VNC) over a line of its own to the management service, which knows the line by that word.
 * Answers when the line is there; it ends with either side. Faults: `notFound` field `vm`, `conflict` field `vm` (it is
 * off, or not of this cloud), `unavailable`, `timeout`.
 */
export const openScreen = defineAction<void>()({
  name: 'vm.screen',
  input: z.object({ vm: uuid, stream: secret }),
  access: ['cluster'],
  lane: 'none',
});
