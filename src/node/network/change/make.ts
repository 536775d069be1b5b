import type { Run } from '../../../api/action.ts';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import { personOf } from '../../../system/person.ts';
import type { Reason } from './attempt.ts';
import type { Limits } from './countdown.ts';
import type { Drafts } from './drafts.ts';
import type { Given } from './executors.ts';
import { disarm } from './guard-timer.ts';
import { keepFound } from './keep.ts';
import { currentId, readKept } from './kept.ts';
import { OpenChange } from './open-change.ts';
import type { NetworkPlaces } from './places.ts';
import { allAddresses } from './plan/difference.ts';
import { evidenceFor } from './plan/evidence.ts';
import { plain } from './plan/management.ts';
import type { NetworkStep } from './plan/steps.ts';
import type { Change } from './schema/change.ts';
import type { PendingChange } from './schema/pending.ts';
import type { NetworkState } from './schema/state.ts';
import { noteTry } from './tries.ts';

export interface MakeParts {
  places: NetworkPlaces;
  drafts: Drafts;
  open(): Promise<NetworkManager>;
  limits: Limits;
  peers(): readonly string[];
  alone: boolean;
  changed(): void;
  /** Who looks for this node is told of addresses that it may have soon. Never throws, and takes seconds at most. */
  announce(addresses: readonly string[]): Promise<void>;
  /** From now on this is the change that a person can answer. */
  opened(change: OpenChange): void;
}

export interface MakeInput {
  change: Change;
  unattended: boolean;
  why: string;
}

/** Thinks a change through, carries it out, and remembers it when it did not stay. Settles when it is kept. */
export async function make(
  parts: MakeParts,
  input: MakeInput,
  run: Run<PendingChange, NetworkStep, Given>,
): Promise<void> {
  const { places, drafts, limits } = parts;
  const manager = await parts.open();
  const state = await drafts.read(manager);
  await keepAsFound(places, state);
  const { plan, before, after } = await drafts.draft(state, input.change);
  run.agreed(plan);
  if (plan.steps.length === 0) return;
  const coming = newAddresses(before, after);
  if (coming.length > 0) await parts.announce(coming);
  const reason: Reason = { who: await personOf(run.caller), title: plan.title, why: input.why };
  const evidence = evidenceFor(before, after);
  const change = new OpenChange(
    manager,
    { reason, unattended: input.unattended, before, after, evidence },
    { limits, recordPath: places.record, peers: parts.peers(), changed: () => parts.changed() },
  );
  parts.opened(change);
  const carryOut = () => run.carryOut(plan, { change });
  try {
    // Who follows the management address are the role's services.
    const follows = plan.steps.some(({ type }) => type === 'network.follow');
    await (follows ? run.holding('services', carryOut) : carryOut());
  } catch (thrown) {
    // Only what was begun is worth remembering.
    await noteTry(places, change.record?.attempt, Fault.from(thrown).words);
    throw thrown;
  } finally {
    if (parts.alone) await disarm();
  }
}

/** Addresses of the state to be that the one of now has not. */
function newAddresses(before: NetworkState, after: NetworkState): string[] {
  const all = ({ links }: NetworkState) => new Set(links.flatMap((link) => allAddresses(link)).map(plain));
  const held = all(before);
  return [...all(after)].filter((address) => !held.has(address));
}

const FOUND: Reason = { who: 'outside', title: say('State as it was found', '更改前的现有状态'), why: '' };

/** What others changed since the last state was kept is a state of its own. */
export async function keepAsFound(places: NetworkPlaces, state: NetworkState, reason = FOUND): Promise<void> {
  const last = await readKept(places, await currentId(places));
  await keepFound(places, last, state, reason);
}
