import { printable } from './printable.ts';
import { reasonProblem } from './reason.ts';
import { ruled } from './ruled.ts';

/** Why somebody asks for a change, in their own words; empty: they did not say. It goes on record with the change. */
export const why = ruled(reasonProblem).transform(printable).default('');
