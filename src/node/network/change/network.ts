import { type Implementation, implement, type Run } from '../../../api/action.ts';
import { Fault } from '../../../api/fault.ts';
import type { Executor } from '../../../api/plan.ts';
import { say } from '../../../api/words.ts';
import { bootId } from '../../../system/boot.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import { StandingManager } from '../../../system/networkmanager/standing.ts';
import { personOf } from '../../../system/person.ts';
import type { ManagementSetting } from '../management-setting.ts';
import type { Reason } from './attempt.ts';
import type { Limits } from './countdown.ts';
import { Drafts } from './drafts.ts';
import { finishKeeping, takeBackTo } from './end.ts';
import { type Followers, NO_FOLLOWERS } from './follow.ts';
import { FreeAddresses } from './free.ts';
import { arm, disarm } from './guard-timer.ts';
import { blink } from './identify.ts';
import { keep, keepFound } from './keep.ts';
import { currentId, readKept } from './kept.ts';
import { KeptWatch } from './kept-watch.ts';
import { type Intent, OpenChange } from './open-change.ts';
import { type NetworkPlaces, networkPlaces } from './places.ts';
import { evidenceFor } from './plan/evidence.ts';
import type { BeginStep, KeepStep, NetworkPlan, NetworkStep, ProveStep } from './plan/steps.ts';
import { dropRecord, loadRecord } from './record.ts';
import { resetFeature } from './reset/feature.ts';
import type { NetworkState } from './schema/state.ts';
import {
  type Change,
  identifyNic,
  keepChange,
  keepPresent,
  makeChange,
  type PendingChange,
  planChange,
  readHistory,
  readNetwork,
  takeBackChange,
  watchNetwork,
  watchPending,
} from './schema.ts';
import { StateWatch } from './state-watch.ts';
import { noteTry } from './tries.ts';

export interface NetworkOptions {
  /** Folder of the controller's data, and of node.ini. */
  data: string;
  config: string;
  setting: ManagementSetting;
  /** Addresses of the management node and the cluster's other nodes, as far as they are known. */
  peers?: () => readonly string[];
  /** Who else on this node knows its management address. */
  followers?: Followers;
  limits: Limits;
  /** What `attention` answers has changed. */
  changed?: () => void;
  /** No controller serves: nobody else would notice our death. */
  alone?: boolean;
}

/** Seconds after which a change without a controller is over one way or the other. */
const LONGEST = 300;

/** Changes of this node's network, one at a time: the controller's lanes see to that. */
export class Network {
  readonly #options: NetworkOptions;
  readonly #places: NetworkPlaces;
  readonly #drafts: Drafts;
  readonly #reset: ReturnType<typeof resetFeature>;
  readonly #watchers = new Set<() => void>();
  readonly #free = new FreeAddresses();
  readonly #standing = new StandingManager();
  /** Whether the network of now is the one that was kept. */
  readonly watch: KeptWatch;
  #intent: Intent | undefined;
  #open: OpenChange | undefined;
  #manager: NetworkManager | undefined;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#places = networkPlaces(options.data, options.config);
    this.#drafts = new Drafts(this.#places, options.setting, this.#followers);
    this.watch = new KeptWatch({
      places: this.#places,
      open: () => this.#standing.get(),
      read: (manager) => this.#drafts.read(manager),
      busy: () => this.#open !== undefined,
      peers: () => options.peers?.() ?? [],
      changed: () => options.changed?.(),
      patience: 2 * options.limits.evidence * 1000,
    });
    this.#reset = resetFeature(this.#places, this.#followers);
  }

  get pending(): PendingChange | undefined {
    return this.#open?.pending;
  }

  actions(): Implementation[] {
    return [
      implement(readNetwork, () => this.#with((manager) => this.#drafts.read(manager))),
      implement(identifyNic, ({ nic, seconds }, { signal }) => blink(nic, seconds, signal)),
      implement(planChange, ({ change }) => this.#plan(change)),
      implement(makeChange, (input, run) => this.#make(input, run)),
      implement(watchPending, (_, run) => this.#watch(run)),
      implement(watchNetwork, (_, run) => this.#watchState(run)),
      implement(keepChange, async ({ id }) => this.#answer(id, 'keep')),
      implement(takeBackChange, async ({ id }) => this.#answer(id, 'takeBack')),
      ...this.#reset.actions,
      implement(readHistory, () => this.#drafts.history()),
      implement(keepPresent, (_, run) => this.#keepPresent(run)),
    ];
  }

  /** Nobody will be there to confirm. */
  giveUp(): void {
    this.#open?.answer('takeBack');
  }

  /** By type of step, for the journal. */
  executors(): [string, Executor][] {
    const work: Executor = {
      apply: (step, signal) => this.#step(step as NetworkStep, signal),
      // The first step takes everything back at once.
      undo: async () => {},
      settle: async () => 'not done',
    };
    const begin: Executor = {
      // Names and profiles of the change are in memory only until it is kept.
      rebootMends: true,
      apply: (step) => this.#begin(step as BeginStep),
      undo: (step) => this.#takeBack(step as BeginStep),
      // A record, even of a change that did nothing yet, is worth being taken back.
      settle: async () => ((await loadRecord(this.#places.record)) === undefined ? 'not done' : 'done'),
    };
    const last: Executor = {
      decides: true,
      apply: (step) => this.#keep(step as KeepStep),
      undo: async () => {},
      settle: async (step) => {
        const open = () => this.#standing.get();
        return (await finishKeeping(this.#places, open, (step as KeepStep).id)) ? 'done' : 'not done';
      },
    };
    const inMemory = [
      'free',
      'write',
      'quiet',
      'up',
      'reapply',
      'down',
      'remove',
      'rename',
      'settle',
      'prove',
    ];
    const others = [...inMemory, 'follow'];
    return [
      ['network.begin', begin],
      ...others.map((name): [string, Executor] => [`network.${name}`, work]),
      ['network.keep', last],
      ...this.#reset.executors,
    ];
  }

  get #followers(): Followers {
    return this.#options.followers ?? NO_FOLLOWERS;
  }

  async #with<T>(work: (manager: NetworkManager) => Promise<T>): Promise<T> {
    return work(await this.#standing.get());
  }

  /** What can be asked before Y is: whether new addresses are free. */
  async #plan(change: Change): Promise<NetworkPlan> {
    const state = await this.#with((manager) => this.#drafts.read(manager));
    const { plan } = await this.#drafts.draft(state, change);
    for (const step of plan.steps) if (step.type === 'network.free') await this.#free.ask(step);
    return plan;
  }

  async #make(
    input: { change: Change; unattended: boolean; why: string },
    run: Run<PendingChange>,
  ): Promise<void> {
    const manager = await this.#standing.get();
    const forward = () => {
      if (this.pending !== undefined) run.emit(this.pending);
    };
    this.#watchers.add(forward);
    try {
      const state = await this.#drafts.read(manager);
      await this.#keepFound(state);
      const { plan, before, after } = await this.#drafts.draft(state, input.change);
      if (plan.steps.length === 0) return;
      const reason: Reason = { who: await personOf(run.caller), title: plan.title, why: input.why };
      const evidence = evidenceFor(before, after);
      this.#manager = manager;
      this.#intent = { reason, unattended: input.unattended, before, after, evidence };
      const follows = plan.steps.some(({ type }) => type === 'network.follow');
      // Who follows the management address are the role's services.
      const made = follows ? run.holding('services', () => run.carryOut(plan)) : run.carryOut(plan);
      await made.catch(async (thrown) => {
        // Only what was begun is worth remembering.
        await noteTry(this.#places, this.#open?.record?.attempt, Fault.from(thrown).words);
        throw thrown;
      });
    } finally {
      this.#watchers.delete(forward);
      if (this.#options.alone === true) await disarm();
      this.#end();
    }
  }

  /** What others changed is the kept state from now on. */
  async #keepPresent(run: Run<never>): Promise<void> {
    const state = await this.#with((manager) => this.#drafts.read(manager));
    const title = say('The state of now, kept as it is', '保留当前状态');
    await this.#keepFound(state, { who: await personOf(run.caller), title, why: '' });
    this.watch.ask();
  }

  async #keepFound(state: NetworkState, reason = FOUND): Promise<void> {
    const last = await readKept(this.#places, await currentId(this.#places));
    await keepFound(this.#places, last, state, reason);
  }

  #end(): void {
    this.#open = undefined;
    this.#intent = undefined;
    this.#manager = undefined;
    this.watch.ask();
    this.#changed();
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  async #begin(step: BeginStep): Promise<void> {
    if (this.#manager === undefined || this.#intent === undefined) throw lost();
    const options = {
      limits: this.#options.limits,
      recordPath: this.#places.record,
      peers: this.#options.peers?.() ?? [],
      changed: () => this.#changed(),
    };
    if (this.#options.alone === true) await arm(LONGEST);
    this.#open = new OpenChange(this.#manager, this.#intent, options);
    await this.#open.begin(step);
  }

  async #step(step: NetworkStep, signal: AbortSignal): Promise<void> {
    if (step.type === 'network.free') return this.#free.ask(step);
    if (this.#open === undefined) throw lost();
    if (step.type === 'network.prove') return this.#open.prove(step as ProveStep, signal);
    if (step.type === 'network.follow') return this.#open.follow(step, this.#followers);
    this.#open.enter('applying', step.words);
    return this.#open.applier.apply(step, signal);
  }

  async #keep(step: KeepStep): Promise<void> {
    const open = this.#open;
    if (open === undefined) throw lost();
    open.enter('keeping', step.words);
    const { before, after, reason } = open.intent;
    await keep(open.manager, this.#places, step, {
      before,
      after,
      reason,
      written: open.applier.written,
      moved: open.applier.moved,
      touched: open.touched,
      evidence: open.proven,
      checkpoint: open.record?.checkpoint,
    });
    const { following } = open.record ?? {};
    // Kept: what could not be cleared away is no reason to say otherwise.
    if (following !== undefined) await this.#followers.forget(following).catch(() => {});
    await dropRecord(this.#places.record);
  }

  async #takeBack(step: BeginStep): Promise<void> {
    const record = await loadRecord(this.#places.record);
    if (record === undefined || record.id !== step.id) return;
    this.#open?.enter('takingBack', say('Taking it back', '正在还原'));
    await takeBackTo(this.#places, () => this.#standing.get(), record, this.#followers);
    if (this.#open === undefined)
      await noteTry(this.#places, record.attempt, record.boot === bootId() ? CUT_OFF : SWITCHED_OFF);
  }

  async #answer(id: string, answer: 'keep' | 'takeBack'): Promise<void> {
    if (this.pending?.id !== id)
      throw new Fault('conflict', say('no such change is waiting', '没有等待确认的更改'), { field: 'id' });
    this.#open?.answer(answer);
  }

  async #watchState({ emit, signal }: Run<NetworkState>): Promise<void> {
    const open = () => this.#standing.get();
    const watch = new StateWatch({ open, read: (manager) => this.#drafts.read(manager), emit, signal });
    const ask = () => watch.ask();
    this.#watchers.add(ask);
    watch.ask(0);
    await aborted(signal);
    this.#watchers.delete(ask);
  }

  /** The countdown is told once a second while somebody looks. */
  async #watch(run: Run<{ pending?: PendingChange }>): Promise<void> {
    const tell = () => run.emit(this.pending === undefined ? {} : { pending: this.pending });
    this.#watchers.add(tell);
    const ticker = setInterval(() => {
      if (this.pending?.secondsLeft !== undefined) tell();
    }, 1000);
    tell();
    await aborted(run.signal);
    clearInterval(ticker);
    this.#watchers.delete(tell);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

const FOUND: Reason = { who: 'outside', title: say('State as it was found', '更改前的现有状态'), why: '' };

const CUT_OFF = say('the controller ended while it was made: taken back', '更改过程中控制器结束：已还原');
const SWITCHED_OFF = say(
  'the machine went down while it was made: taken back',
  '更改过程中机器断电或重启：已还原',
);

const lost = (): Fault => new Fault('internal', say('the change is not open', '更改未打开'));
