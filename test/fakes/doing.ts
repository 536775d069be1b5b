import type { Doing, Kept } from '../../src/api/plan.ts';

const nowhere = async (): Promise<never> => {
  throw new Error('nothing is kept here');
};
const NONE: Kept = { keep: nowhere, find: nowhere, read: nowhere };

/** What a step has besides its own data, for tests that ask its executor without a journal. */
export const DOING: Doing = { signal: new AbortController().signal, given: undefined, kept: NONE };
