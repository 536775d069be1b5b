import { say, type Words } from '../../../../api/words.ts';
import { type Link, linkOf, type NetworkState, portsOf } from '../schema/state.ts';
import { conflict, edited } from './edit.ts';

const ETHERNET_MTU = 1500;

export const withMtu = (state: NetworkState, name: string, mtu: number | undefined): NetworkState =>
  mtu === undefined ? state : edited(state, name, { mtu });

/** Port at least as large as bond or bridge, those as the VLAN above. What was wrong before is not held against the change. */
export function checkMtus(current: NetworkState, wanted: NetworkState): void {
  const before = new Set(mtuProblems(current).map((words) => words.en));
  const problem = mtuProblems(wanted).find((words) => !before.has(words.en));
  if (problem !== undefined) throw conflict('mtu', problem);
}

const mtuProblems = (state: NetworkState): Words[] =>
  state.links.flatMap((upper) =>
    lowerLinks(state, upper)
      .filter((lower) => upper.mtu !== undefined && upper.mtu > room(upper, lower))
      .map((lower) => tooLarge(upper, lower)),
  );

/** A bond hands its own MTU down to ports that have none set. */
const room = (upper: Link, lower: Link): number =>
  lower.mtu ?? (upper.kind === 'bond' ? Number.POSITIVE_INFINITY : ETHERNET_MTU);

function lowerLinks(state: NetworkState, upper: Link): Link[] {
  const parent = upper.vlan === undefined ? undefined : linkOf(state, upper.vlan.parent);
  return parent === undefined ? portsOf(state, upper.name) : [parent];
}

const tooLarge = (upper: Link, lower: Link): Words =>
  say(
    `${upper.mtu} on ${upper.name} is more than the ${room(upper, lower)} of ${lower.name} below it`,
    `${upper.name} 的 ${upper.mtu} 大于其下层 ${lower.name} 的 ${room(upper, lower)}`,
  );
