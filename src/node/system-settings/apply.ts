import { Fault } from '../../api/fault.ts';
import type { Executor, Step } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { isSame, type SettingName, type Values } from './plan/steps.ts';

/** One thing that can be set. Both throw `unavailable` when its keeper is not there. */
export interface Keeper<T> {
  read(): Promise<T>;
  write(value: T): Promise<void>;
}

export type Keepers = { readonly [N in SettingName]: Keeper<Values[N]> };

/** A step that sets one of several things. */
interface Setting extends Step {
  readonly setting: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Sets one thing, proved by reading it back. The keepers know the values of their own settings. */
export const setSetting = <S extends Setting>(
  keepers: {
    readonly [N in S['setting']]: { read(): Promise<unknown>; write(value: never): Promise<void> };
  },
): Executor<S> => {
  const keeperOf = ({ setting }: S) => keepers[setting as S['setting']] as Keeper<unknown>;
  return {
    async apply(step) {
      const keeper = keeperOf(step);
      await keeper.write(step.after);
      if (!isSame(await keeper.read(), step.after)) throw notTaken();
    },
    async undo(step) {
      const keeper = keeperOf(step);
      if (!isSame(await keeper.read(), step.before)) await keeper.write(step.before);
    },
    settle: async (step) => (isSame(await keeperOf(step).read(), step.before) ? 'not done' : 'done'),
  };
};

const notTaken = (): Fault =>
  new Fault('failed', say('the system does not show the new value', '系统未显示新值'));
