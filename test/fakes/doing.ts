import type { Doing } from '../../src/api/plan.ts';

/** What a step has besides its own data, for tests that ask its executor without a journal. */
export const DOING: Doing = { signal: new AbortController().signal, given: undefined };
