import type { Words } from '../../../api/words.ts';

/** What to write down about a change besides the state itself. */
export interface Reason {
  who: string;
  title: Words;
  why: string;
}

/** A change that is being made, to be told of should it be taken back. */
export interface Attempt extends Reason {
  /** Wall time in milliseconds since 1970. */
  begun: number;
  difference: string[];
}
