import { type Doing, type Executor, type Executors, withoutId } from '../../../api/plan.ts';
import { say } from '../../../api/words.ts';
import { bootId } from '../../../system/boot.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import type { Applier } from './apply.ts';
import { finishKeeping, takeBackTo } from './end.ts';
import type { Followers } from './follow.ts';
import type { FreeAddresses } from './free.ts';
import { arm } from './guard-timer.ts';
import { keep } from './keep.ts';
import type { OpenChange } from './open-change.ts';
import type { NetworkPlaces } from './places.ts';
import type { BeginStep, KeepStep, NetworkStep } from './plan/steps.ts';
import { dropRecord, loadRecord } from './record.ts';
import { noteTry } from './tries.ts';

/** The change that all its steps are about. After a crash there is only its record. */
export interface Given {
  change: OpenChange;
}

export interface ExecutorParts {
  places: NetworkPlaces;
  open(): Promise<NetworkManager>;
  followers: Followers;
  free: FreeAddresses;
  /** No controller serves: nobody else would notice our death. */
  alone: boolean;
}

/** Seconds after which a change without a controller is over one way or the other. */
const LONGEST = 300;

/** Who carries out the steps of a change of the network. */
export const networkExecutors = (parts: ExecutorParts): Executors<NetworkStep, Given> => ({
  'network.begin': beginning(parts),
  'network.free': onTheWay((step) => parts.free.ask(step)),
  'network.write': applying((applier, step) => applier.write(step)),
  'network.quiet': applying((applier, { uuid }) => applier.quiet(uuid)),
  'network.up': applying((applier, { link }, signal) => applier.up(link, signal)),
  'network.reapply': applying((applier, { link }, signal) => applier.reapply(link, signal)),
  'network.down': applying((applier, { link }, signal) => applier.down(link, signal)),
  'network.remove': applying((applier, step, signal) => applier.remove(step, signal)),
  'network.rename': applying((applier, { from, to }, signal) => applier.rename(from, to, signal)),
  'network.settle': applying((applier, step, signal) => applier.settle(step, signal)),
  'network.prove': onTheWay((step, { given, signal }) => given.change.prove(step, signal)),
  'network.follow': onTheWay((step, { given }) => given.change.follow(step, parts.followers)),
  'network.keep': keeping(parts),
});

/** What nobody takes back by itself: the first step takes everything back at once. */
const onTheWay = <S extends NetworkStep>(
  apply: (step: S, on: Doing<Given>) => Promise<void>,
): Executor<S, Given> => ({ apply, undo: async () => {}, settle: async () => 'not done' });

const applying = <S extends NetworkStep>(
  apply: (applier: Applier, step: S, signal: AbortSignal) => Promise<void>,
): Executor<S, Given> =>
  onTheWay((step, { given: { change }, signal }) => {
    change.enter('applying', step.words);
    return apply(change.applier, step, signal);
  });

const beginning = ({ places, open, followers, alone }: ExecutorParts): Executor<BeginStep, Given> => ({
  // Names and profiles of the change are in memory only until it is kept.
  rebootMends: true,
  compared: withoutId,
  async apply(step, { given }) {
    if (alone) await arm(LONGEST);
    await given.change.begin(step);
  },
  async undo({ id }, { given }) {
    const record = await loadRecord(places.record);
    if (record === undefined || record.id !== id) return;
    given?.change.enter('takingBack', say('Taking it back', '正在还原'));
    await takeBackTo(places, open, record, followers);
    // Whoever made it tells it otherwise.
    if (given === undefined)
      await noteTry(places, record.attempt, record.boot === bootId() ? CUT_OFF : SWITCHED_OFF);
  },
  // A record, even of a change that did nothing yet, is worth being taken back.
  settle: async () => ((await loadRecord(places.record)) === undefined ? 'not done' : 'done'),
});

const CUT_OFF = say('the controller ended while it was made: taken back', '更改过程中控制器结束：已还原');
const SWITCHED_OFF = say(
  'the machine went down while it was made: taken back',
  '更改过程中机器断电或重启：已还原',
);

const keeping = ({ places, open, followers }: ExecutorParts): Executor<KeepStep, Given> => ({
  decides: true,
  compared: withoutId,
  async apply(step, { given: { change } }) {
    change.enter('keeping', step.words);
    await keep(change.manager, places, step, change.toKeep);
    const { following } = change.record ?? {};
    // Kept: what could not be cleared away is no reason to say otherwise.
    if (following !== undefined) await followers.forget(following).catch(() => {});
    await dropRecord(places.record);
  },
  undo: async () => {},
  settle: async ({ id }) => ((await finishKeeping(places, open, id)) ? 'done' : 'not done'),
});
