import { Fault } from '../../api/fault.ts';
import { CODES, codeOf } from './refusal.ts';

/** A fault on the wire. */
export interface ErrorShape {
  readonly code: string;
  /** The same for every fault of that code. */
  readonly description: string;
  /** The case at hand. */
  readonly details: string;
  /** The same in Chinese; absent where it reads alike. */
  readonly elaboration?: string;
  /** Why it came to that. */
  readonly cause?: ErrorShape;
}

/** A cause behind more causes than this is left out. */
const DEEPEST = 5;

export function errorOf(fault: Fault, depth = 0): ErrorShape {
  const code = codeOf(fault);
  const { words, next, cause } = fault;
  const details = next === undefined ? words.en : `${words.en}: ${next.en}`;
  const elaboration = next === undefined ? words.zh : `${words.zh}：${next.zh}`;
  return {
    ...{ code, description: CODES[code], details },
    ...(elaboration === details ? {} : { elaboration }),
    ...(cause instanceof Fault && depth < DEEPEST ? { cause: errorOf(cause, depth + 1) } : {}),
  };
}
