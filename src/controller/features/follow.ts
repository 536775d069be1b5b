import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnyImplementation } from '../../api/action.ts';
import { say, type Words } from '../../api/words.ts';
import type { Call } from '../../node/cluster/feature.ts';
import type { LinkFeed, LinkState } from '../../node/cluster/feed.ts';
import { followActions } from '../../node/follow/actions.ts';
import { Follower } from '../../node/follow/follower.ts';
import { installVersion, type PackageSource } from '../../node/follow/schema.ts';
import { PackageStore } from '../../node/follow/store.ts';
import type { Goings } from '../../node/power/plan.ts';
import { readConfig } from '../../node/system-settings/config.ts';
import { systemctl } from '../../system/systemctl.ts';
import type { ControllerOptions } from '../options.ts';
import { OWN, quiet } from './cluster.ts';

const UNIT = 'zs-follow.service';
const INSTALL_MILLISECONDS = 3_600_000;

interface Needs {
  readonly options: ControllerOptions;
  readonly source: PackageSource;
  readonly feed: LinkFeed;
  goings(): Goings;
  call: Call;
  attentionChanged(): void;
}

/** A host of another machine's cluster follows that one's version. */
export function followOf({ options, source, feed, goings, call, attentionChanged }: Needs): {
  actions: readonly AnyImplementation[];
  follower: Follower;
} {
  const { places, version, log, config } = options;
  const store = new PackageStore(join(places.data, 'packages'));
  const isLinked = () => feed.state.state === 'up';
  const stop = new AbortController();
  const follower: Follower = new Follower({
    ...{ version, store, source, isLinked, log, changed: attentionChanged },
    isWanted: async () => (await readConfig(places.config, config)).followVersion,
    install: async (from, to) => {
      await call(OWN, installVersion.name, { from, to }, quiet(stop.signal));
    },
  });
  feed.listen((state) => {
    mark(join(places.run, 'linked'), version, state).catch((thrown) => log(`follow: ${String(thrown)}`));
    if (state.state === 'up') void follower.look();
  });
  const actions = followActions({
    ...{ store, isLinked, follower: () => follower, busy: () => busyWith(goings()) },
    run: () => systemctl(['start', UNIT], INSTALL_MILLISECONDS),
  });
  return { actions, follower };
}

/** What `zs-follow` looks at. */
const mark = (path: string, version: string, { state }: LinkState): Promise<void> =>
  state === 'up' ? writeFile(path, `${version}\n`) : rm(path, { force: true });

function busyWith({ jobs, changes, unsettled }: Goings): Words | undefined {
  const [job] = jobs;
  if (job !== undefined) return say(`a job runs: ${job.en}`, `任务正在运行：${job.zh}`);
  const change = changes.find((name) => name !== installVersion.name);
  if (change !== undefined) return say(`a change is being made: ${change}`, `正在进行更改：${change}`);
  return unsettled[0]?.words;
}
