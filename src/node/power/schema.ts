import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import type { Reading } from '../../api/reading.ts';
import type { Words } from '../../api/words.ts';

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
  access: 'look',
  lane: 'none',
});

/** Why, in the person's words: it goes onto the audit record and into the system's journal. */
const why = z.string().trim().max(200).default('');

/** The typed word is checked again here: nothing else reboots or powers off. Answers once the system has taken the order. */
export const reboot = defineAction<void>()({
  name: 'power.reboot',
  input: z.object({ phrase: z.literal('REBOOT'), why }),
  access: 'password',
  lane: 'node',
  urgent: true,
});
export const powerOff = defineAction<void>()({
  name: 'power.off',
  input: z.object({ phrase: z.literal('POWEROFF'), why }),
  access: 'password',
  lane: 'node',
  urgent: true,
});
