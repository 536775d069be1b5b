import type { AnyImplementation, Implementation } from './action.ts';
import type { Executor, Executors, Step } from './plan.ts';

/** What can be asked for, and who carries out each type of step that this may take. */
export interface Feature {
  readonly actions: readonly AnyImplementation[];
  readonly executors: Readonly<Record<string, Executor>>;
}

/** Both together: no step that an action may carry out, and nothing that a step needs, can be missing. */
export const feature = <S extends Step, G = undefined>(whole: {
  readonly actions: readonly Implementation<S, G>[];
  readonly executors: Executors<S, G>;
}): Feature => whole as Feature;

/** All that some features have. Throws for two different executors of one type: one of them would never be asked. */
export function together(features: readonly Feature[]): Feature {
  const executors: Record<string, Executor> = {};
  for (const [type, executor] of features.flatMap((each) => Object.entries(each.executors))) {
    if ((executors[type] ?? executor) !== executor) throw new Error(`two carry out steps of type ${type}`);
    executors[type] = executor;
  }
  return { actions: features.flatMap(({ actions }) => actions), executors };
}
