import type { Fault } from '../../api/fault.ts';
import { CODES, codeOf } from './refusal.ts';

/** A fault on the wire. */
export interface ErrorShape {
  readonly code: string;
  /** The same for every fault of that code. */
  readonly description: string;
  /** The case at hand. */
  readonly details: string;
}

export function errorOf(fault: Fault): ErrorShape {
  const code = codeOf(fault);
  const details = fault.next === undefined ? fault.words.en : `${fault.words.en}: ${fault.next.en}`;
  return { code, description: CODES[code], details };
}
