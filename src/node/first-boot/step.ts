import type { Executor } from '../../api/plan.ts';
import type { Words } from '../../api/words.ts';

/** What every step of it is given. */
export interface Given {
  /** Says what was come by on the way. */
  tell(words: Words): void;
}

/** Each step finds what of it is done already, and does the rest: nothing is undone, and it may be made again. */
export const ONCE: Pick<Executor, 'undo' | 'settle'> = {
  undo: async () => undefined,
  settle: async () => 'not done',
};
