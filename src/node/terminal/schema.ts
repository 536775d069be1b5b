import { z } from 'zod';
import { defineAction } from '../../api/action.ts';

/**
 * Opens a log-in prompt for whoever sits at the caller's terminal: the reserved shell on a virtual terminal, a prompt
 * on the same line on a serial one, after which the console comes back. No password here: the prompt asks for it.
 * Faults: `conflict` where a shell is there already (SSH), `unavailable` without systemd.
 */
export const openShell = defineAction<void>()({
  name: 'terminal.openShell',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});
