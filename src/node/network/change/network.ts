import { type Implementation, implement, type Run } from '../../../api/action.ts';
import { Fault } from '../../../api/fault.ts';
import { type Feature, feature, together } from '../../../api/feature.ts';
import { say } from '../../../api/words.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import { StandingManager } from '../../../system/networkmanager/standing.ts';
import { personOf } from '../../../system/person.ts';
import type { ManagementSetting } from '../management-setting.ts';
import type { Limits } from './countdown.ts';
import { Drafts } from './drafts.ts';
import { type Given, networkExecutors } from './executors.ts';
import { type Followers, NO_FOLLOWERS } from './follow.ts';
import { FreeAddresses } from './free.ts';
import { blink } from './identify.ts';
import { KeptWatch } from './kept-watch.ts';
import { keepAsFound, type MakeInput, make } from './make.ts';
import type { OpenChange } from './open-change.ts';
import { type NetworkPlaces, networkPlaces } from './places.ts';
import type { NetworkPlan, NetworkStep } from './plan/steps.ts';
import { resetFeature } from './reset/feature.ts';
import { type Change, change } from './schema/change.ts';
import type { PendingChange } from './schema/pending.ts';
import type { NetworkState } from './schema/state.ts';
import {
  identifyNic,
  keepChange,
  keepPresent,
  makeChange,
  planChange,
  readHistory,
  readNetwork,
  takeBackChange,
  watchNetwork,
  watchPending,
} from './schema.ts';
import { StateWatch } from './state-watch.ts';

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
  /** Tells who looks for this node which addresses it may have soon. Never throws, and takes seconds at most. */
  announce?: (addresses: readonly string[]) => Promise<void>;
  /** What `attention` answers has changed. */
  changed?: () => void;
  /** No controller serves: nobody else would notice our death. */
  alone?: boolean;
}

/** Changes of this node's network, one at a time: the controller's lanes see to that. */
export class Network {
  readonly #options: NetworkOptions;
  readonly #places: NetworkPlaces;
  readonly #drafts: Drafts;
  readonly #watchers = new Set<() => void>();
  readonly #free = new FreeAddresses();
  readonly #standing = new StandingManager();
  /** Whether the network of now is the one that was kept. */
  readonly watch: KeptWatch;
  /** What a person can answer now. */
  #open: OpenChange | undefined;

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
  }

  get pending(): PendingChange | undefined {
    return this.#open?.pending;
  }

  /** @param others what else carries out changes of the network by plans of its own */
  feature(others: readonly Implementation<NetworkStep, Given>[] = []): Feature {
    const [places, followers, free] = [this.#places, this.#followers, this.#free];
    const open = () => this.#standing.get();
    const alone = this.#options.alone === true;
    const changes = feature<NetworkStep, Given>({
      actions: [
        implement(readNetwork, () => this.#read()),
        implement(identifyNic, ({ nic, seconds }, { signal }) => blink(nic, seconds, signal)),
        implement(planChange, async ({ change }, run) => run.show(await this.#plan(change))),
        implement(makeChange, (input, run) => this.#make(input, run)),
        implement(watchPending, (_, run) => this.#watch(run)),
        implement(watchNetwork, (_, run) => this.#watchState(run)),
        implement(keepChange, async ({ id }) => this.#answer(id, 'keep')),
        implement(takeBackChange, async ({ id }) => this.#answer(id, 'takeBack')),
        implement(readHistory, () => this.#drafts.history()),
        implement(keepPresent, (_, run) => this.#keepPresent(run)),
        ...others,
      ],
      executors: networkExecutors({ places, open, followers, free, alone }),
    });
    return together([changes, resetFeature(places, followers)]);
  }

  /** Throws `unavailable` while NetworkManager is not there. */
  manager(): Promise<NetworkManager> {
    return this.#standing.get();
  }

  /** As NetworkManager has it. Throws as `manager`. */
  state(): Promise<NetworkState> {
    return this.#with((manager) => this.#drafts.read(manager));
  }

  /** Gives a link's addresses to a bridge of it, kept on evidence alone, taken back without. The network's lane is held. */
  async bridge(link: string, name: string, run: Run<never, NetworkStep, Given>): Promise<void> {
    const wanted = change.parse({ kind: 'createBridge', link, name });
    await this.#make({ change: wanted, unattended: true, why: '' }, { ...run, emit: () => {} });
  }

  /** Nobody will be there to confirm. */
  giveUp(): void {
    this.#open?.answer('takeBack');
  }

  get #followers(): Followers {
    return this.#options.followers ?? NO_FOLLOWERS;
  }

  /** As it is; the kernel's view alone while NetworkManager cannot be asked. */
  async #read(): Promise<NetworkState> {
    try {
      return await this.state();
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (fault.kind !== 'unavailable' && fault.kind !== 'timeout') throw thrown;
      return this.#drafts.readKernel(fault.words);
    }
  }

  async #with<T>(work: (manager: NetworkManager) => Promise<T>): Promise<T> {
    return work(await this.#standing.get());
  }

  /** What can be asked before Y is: whether new addresses are free. */
  async #plan(change: Change): Promise<NetworkPlan> {
    const state = await this.state();
    const { plan } = await this.#drafts.draft(state, change);
    for (const step of plan.steps) if (step.type === 'network.free') await this.#free.ask(step);
    return plan;
  }

  async #make(input: MakeInput, run: Run<PendingChange, NetworkStep, Given>): Promise<void> {
    const forward = () => {
      if (this.pending !== undefined) run.emit(this.pending);
    };
    const { limits, peers, alone } = this.#options;
    const parts = {
      places: this.#places,
      drafts: this.#drafts,
      open: () => this.#standing.get(),
      limits,
      peers: () => peers?.() ?? [],
      alone: alone === true,
      changed: () => this.#changed(),
      announce: async (addresses: readonly string[]) => this.#options.announce?.(addresses),
      opened: (change: OpenChange) => {
        this.#open = change;
      },
    };
    this.#watchers.add(forward);
    try {
      await make(parts, input, run);
    } finally {
      this.#watchers.delete(forward);
      this.#open = undefined;
      this.watch.ask();
      this.#changed();
    }
  }

  /** What others changed is the kept state from now on. */
  async #keepPresent(run: Pick<Run, 'caller'>): Promise<void> {
    const state = await this.state();
    const title = say('The state of now, kept as it is', '保留当前状态');
    await keepAsFound(this.#places, state, { who: await personOf(run.caller), title, why: '' });
    this.watch.ask();
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  async #answer(id: string, answer: 'keep' | 'takeBack'): Promise<void> {
    if (this.pending?.id !== id)
      throw new Fault('conflict', say('no such change is waiting', '没有等待确认的更改'), { field: 'id' });
    this.#open?.answer(answer);
  }

  async #watchState({ emit, signal }: Pick<Run<NetworkState>, 'emit' | 'signal'>): Promise<void> {
    const open = () => this.#standing.get();
    const watch = new StateWatch({ open, read: () => this.#read(), emit, signal });
    const ask = () => watch.ask();
    this.#watchers.add(ask);
    watch.ask(0);
    await aborted(signal);
    this.#watchers.delete(ask);
  }

  /** The countdown is told once a second while somebody looks. */
  async #watch(run: Pick<Run<{ pending?: PendingChange }>, 'emit' | 'signal'>): Promise<void> {
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
