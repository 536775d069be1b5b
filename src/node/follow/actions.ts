import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import type { Follower } from './follower.ts';
import { followNow, installVersion } from './schema.ts';
import type { PackageStore } from './store.ts';

export interface FollowParts {
  readonly store: PackageStore;
  follower(): Follower;
  isLinked(): boolean;
  /** What is going on here and must not be cut off; undefined: nothing. */
  busy(): Words | undefined;
  /** Runs `zs-follow` to its end, unless this program ends before. */
  run(): Promise<void>;
}

/** What can be asked of it: a look now, and the installation itself. */
export const followActions = ({ store, follower, isLinked, busy, run }: FollowParts): Implementation[] => [
  implement(followNow, async () => {
    await store.forgetFailed();
    return follower().look();
  }),
  implement(installVersion, async ({ from, to }) => {
    const words = busy();
    if (words !== undefined) throw new Fault('conflict', say(`waiting: ${words.en}`, `等待中：${words.zh}`));
    for (const version of [from, to])
      if (!(await store.has(version, ['zs-node'])))
        throw new Fault('notFound', say(`no packages of ${version} lie ready`, `没有 ${version} 的软件包`));
    await store.begin(from, to, isLinked());
    // What came of it is in the store.
    await run().catch(() => undefined);
  }),
];
