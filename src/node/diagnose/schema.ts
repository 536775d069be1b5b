import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import type { Words } from '../../api/words.ts';

/** One check of a known trouble. */
export interface Finding {
  key: string;
  title: Words;
  /** `unknown`: it could not be looked at, which `evidence` explains. */
  state: 'good' | 'bad' | 'unknown';
  /** What was seen. */
  evidence: Words;
  /** What to do; only on bad ones. */
  remedy?: Words;
}

/** Looks for known troubles, one after the other; streams each finding and answers all. */
export const diagnose = defineAction<Finding[], Finding>()({
  name: 'diagnose.run',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});
