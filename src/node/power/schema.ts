import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import type { Reading } from '../../api/reading.ts';
import { why } from '../../api/why.ts';
import { say, type Words } from '../../api/words.ts';

/** What stands against switching the node off now. */
export interface PowerVerdict {
  safe: Reading<boolean>;
  /** One line each: VMs that run here, jobs, changes not kept yet. */
  findings: Words[];
  /** What a reboot itself repairs, a line each: it speaks for one. */
  mended: Words[];
  runningVms: Reading<{ uuid: string; name: string }[]>;
}

export const powerVerdict = defineAction<PowerVerdict>()({
  name: 'power.verdict',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

/**
 * The typed word is checked again here: nothing else reboots or powers off. `why` also goes into the system's journal.
 * Answers once the system has taken the order.
 */
export const reboot = defineAction<void>()({
  name: 'power.reboot',
  input: z.object({ phrase: z.literal('REBOOT'), why }),
  access: ['password'],
  lane: 'node',
  urgent: true,
  told: () => say('Reboot', '重启'),
});
export const powerOff = defineAction<void>()({
  name: 'power.off',
  input: z.object({ phrase: z.literal('POWEROFF'), why }),
  access: ['password'],
  lane: 'node',
  urgent: true,
  told: () => say('Power off', '关机'),
});
