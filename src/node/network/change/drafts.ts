import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import type { ManagementSetting } from '../management-setting.ts';
import { askOptions } from './bond-options.ts';
import { type Followers, withFollowers } from './follow.ts';
import { currentId, type KeptState, nextId, readHistoryEntries, readKept } from './kept.ts';
import type { NetworkPlaces } from './places.ts';
import { type AddressMove, addressAfter, addressMove, plain } from './plan/management.ts';
import type { NetworkPlan } from './plan/steps.ts';
import { titleOf } from './plan/titles.ts';
import { wantedState } from './plan/wanted.ts';
import { planRepair, planStates } from './plan.ts';
import { readKernelState, readState } from './read.ts';
import { restoredState } from './restore.ts';
import type { Change } from './schema/change.ts';
import type { NetworkState } from './schema/state.ts';
import type { HistoryEntry } from './schema.ts';
import { readTries } from './tries.ts';

/** What a change leads to, and from where. */
export interface Draft {
  plan: NetworkPlan;
  before: NetworkState;
  after: NetworkState;
}

const isHere = ({ links }: NetworkState, address: string): boolean =>
  links.some((link) => link.addresses.some((each) => plain(each) === address));

/** Reads the network and thinks changes through, without touching anything. */
export class Drafts {
  readonly #places: NetworkPlaces;
  readonly #setting: ManagementSetting;

  readonly #followers: Followers;

  constructor(places: NetworkPlaces, setting: ManagementSetting, followers: Followers) {
    this.#places = places;
    this.#setting = setting;
    this.#followers = followers;
  }

  async read(manager: NetworkManager): Promise<NetworkState> {
    return readState(manager, await this.#setting());
  }

  /** @param why NetworkManager tells nothing */
  async readKernel(why: Words): Promise<NetworkState> {
    return readKernelState(await this.#setting(), why);
  }

  /** Throws as `planEdit`, `notFound` for a state that was never kept, `conflict` for a bond's options that are not taken. */
  async draft(before: NetworkState, change: Change): Promise<Draft> {
    const after = await this.#wanted(before, change);
    await askOptions(before, after);
    const id = await nextId(this.#places);
    const plan = planStates(before, after, await this.#title(change), id);
    const move = await this.#move(before, after, change);
    if (plan.steps.length > 0 || move === undefined)
      return { plan: await this.#followed(plan, move), before, after };
    const repair = await this.#followed(planRepair(plan, before, after, id), move);
    const isNothing = !repair.steps.some(({ type }) => type === 'network.follow');
    return { plan: isNothing ? plan : repair, before, after };
  }

  /**
   * How the management address moves for those who follow it. They may know another than the node was managed at (an
   * emergency reset could not tell them, say): whoever sets the management network sets that right as well.
   */
  async #move(before: NetworkState, after: NetworkState, change: Change): Promise<AddressMove | undefined> {
    const move = addressMove(before, after);
    const held = await this.#followers.held().catch(() => undefined);
    if (held === undefined) return move;
    if (move !== undefined) return isHere(before, held) || held === move.to ? move : { ...move, from: held };
    const to = change.kind === 'setManagement' ? addressAfter(before, after) : undefined;
    return to === undefined || to === held ? undefined : { from: held, to };
  }

  async #followed(plan: NetworkPlan, move: AddressMove | undefined): Promise<NetworkPlan> {
    if (move === undefined || plan.steps.length === 0) return plan;
    return withFollowers(plan, await this.#followers.plan(move));
  }

  async history(): Promise<HistoryEntry[]> {
    const states = await readHistoryEntries(this.#places);
    const kept = states.map(({ id, time, who, title, why, difference }) => ({
      id,
      time,
      who,
      title,
      why,
      difference,
    }));
    const tries = (await readTries(this.#places)).map(({ begun: _b, ...each }) => ({ id: 0, ...each }));
    return [...kept, ...tries].sort((a, b) => b.time - a.time);
  }

  async #wanted(before: NetworkState, change: Change): Promise<NetworkState> {
    if (change.kind !== 'restore') return wantedState(before, change);
    return restoredState(before, (await this.#kept(change.id)).state);
  }

  async #title(change: Change): Promise<Words> {
    if (change.kind !== 'restore') return titleOf(change);
    const { id, title } = await this.#kept(change.id);
    return say(`Go back to state ${id}: ${title.en}`, `恢复到状态 ${id}：${title.zh}`);
  }

  async #kept(id: number): Promise<KeptState> {
    const kept = id <= (await currentId(this.#places)) ? await readKept(this.#places, id) : undefined;
    if (kept !== undefined) return kept;
    throw new Fault('notFound', say(`there is no kept state ${id}`, `没有编号为 ${id} 的状态`), {
      field: 'id',
    });
  }
}
