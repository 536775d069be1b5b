import { say, type Words } from '../../../api/words.ts';
import { allAddresses, difference } from './plan/difference.ts';
import { evidenceFor, wasAsked } from './plan/evidence.ts';
import { begin, free } from './plan/make.ts';
import { managementAddress, plain } from './plan/management.ts';
import { orderedSteps } from './plan/order.ts';
import { quietSteps, startingFirst } from './plan/starters.ts';
import type { FreeStep, KeepStep, NetworkPlan, NetworkStep, ProveStep } from './plan/steps.ts';
import { titleOf } from './plan/titles.ts';
import { type Edit, wantedState } from './plan/wanted.ts';
import { warningsFor } from './plan/warnings.ts';
import type { NetworkState } from './schema/state.ts';

/**
 * The plan of a change. Pure: the same state, change and number give the same plan.
 * @param id number of the state that it makes when it is kept.
 * @throws Fault notFound or conflict when the change does not fit the state of now.
 */
export function planEdit(current: NetworkState, change: Edit, id: number): NetworkPlan {
  return planStates(current, wantedState(current, change), titleOf(change), id);
}

/** The plan from one state to another. */
export function planStates(
  current: NetworkState,
  wanted: NetworkState,
  title: Words,
  id: number,
): NetworkPlan {
  const work = orderedSteps(current, wanted);
  const managementOnly =
    work.length === 0 &&
    wanted.managementSet === true &&
    (current.management !== wanted.management ||
      current.managementSet !== true ||
      managementAddress(current) !== managementAddress(wanted));
  if (work.length === 0 && !managementOnly) return { title, steps: [], warnings: [NOTHING] };
  const found = difference(current, wanted);
  const steps: NetworkStep[] = [
    ...freeSteps(current, wanted),
    begin(id),
    ...quietSteps(found),
    ...startingFirst(work, found),
    prove(current, wanted),
    keep(current, wanted, id),
  ];
  return { title, steps, warnings: warningsFor(current, wanted) };
}

/** For where the network is as it should be, and others only have to be told: it is proved and kept like a change. */
export const planRepair = (
  { title }: NetworkPlan,
  current: NetworkState,
  wanted: NetworkState,
  id: number,
): NetworkPlan => ({
  title,
  steps: [begin(id), prove(current, wanted), keep(current, wanted, id)],
  warnings: [],
});

const NOTHING = say('Nothing to do: it is like that already.', '无需更改：已经是这样。');

/** New addresses are asked for where their link is up already; elsewhere the evidence does it. */
function freeSteps(current: NetworkState, wanted: NetworkState): FreeStep[] {
  const held = new Set(current.links.flatMap((link) => [...allAddresses(link), ...link.addresses]));
  const own = new Set([...held].map(plain));
  return difference(current, wanted).changed.flatMap(({ was, will }) =>
    wasAsked(was, will)
      ? will.ipv4.addresses
          .map(plain)
          .filter((address) => !own.has(address))
          .map((address) => free(will.name, address))
      : [],
  );
}

const prove = (current: NetworkState, wanted: NetworkState): ProveStep => ({
  type: 'network.prove',
  evidence: evidenceFor(current, wanted),
  words: say(
    'Wait for the evidence, then for your confirmation; without either it is all taken back',
    '等待验证通过，再等待您的确认；缺一则全部还原',
  ),
});

function keep(current: NetworkState, wanted: NetworkState, id: number): KeepStep {
  const { removed, changed } = difference(current, wanted);
  return {
    type: 'network.keep',
    id,
    removed: removed.map((link) => link.uuid).filter((uuid) => uuid !== undefined),
    names: changed
      .filter(({ was, will }) => was.name !== will.name && will.mac !== undefined)
      .map(({ will }) => ({ mac: will.mac ?? '', name: will.name })),
    ...managementAfter(current, wanted),
    words: say('Keep it: write everything to disk', '保留：全部写入磁盘'),
  };
}

/** The management setting follows its link and address. */
function managementAfter(current: NetworkState, wanted: NetworkState): Pick<KeepStep, 'management'> {
  if (wanted.management === undefined || wanted.managementSet !== true) return {};
  const address = managementAddress(wanted);
  const same =
    current.managementSet === true &&
    current.management === wanted.management &&
    address === managementAddress(current);
  if (same) return {};
  return {
    management: { link: wanted.management, ...(address === undefined ? {} : { address }) },
  };
}
