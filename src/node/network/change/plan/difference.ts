import { isDeepStrictEqual } from 'node:util';
import {
  isAddressed,
  isForeign,
  type Link,
  type LinkSettings,
  linkOf,
  type NetworkState,
} from '../schema/state.ts';
import { partnerIn } from './partner.ts';

export interface Changed {
  was: Link;
  will: Link;
}

/** What tells two states apart, link by link. */
export interface Difference {
  added: Link[];
  removed: Link[];
  changed: Changed[];
}

/** What others look after is no part of it. */
export function difference(current: NetworkState, wanted: NetworkState): Difference {
  const partner = partnerIn(current.links, wanted.links);
  const pairs = wanted.links.map((will) => ({ will, was: partner(will) }));
  const kept = new Set(pairs.map((pair) => pair.was));
  return {
    added: pairs.filter((pair) => pair.was === undefined).map((pair) => pair.will),
    removed: current.links.filter((link) => !kept.has(link) && link.kind !== 'physical' && !isForeign(link)),
    changed: pairs.filter(
      (pair): pair is Changed =>
        pair.was !== undefined && !isForeign(pair.was) && !isSame(pair.was, pair.will),
    ),
  };
}

/** Most links of a wanted state are those of now, untouched. */
const isSame = (was: Link, will: Link): boolean =>
  was === will || isDeepStrictEqual(settingsOf(was), settingsOf(will));

/** The part of a link that its profile keeps. */
export function settingsOf(link: Link): LinkSettings {
  const { name, kind, mtu, ipv4, ipv6, controller, bond, vlan, bridge, rest } = link;
  return {
    name,
    kind,
    ipv4,
    ipv6,
    ...(mtu === undefined ? {} : { mtu }),
    ...(controller === undefined ? {} : { controller }),
    ...(bond === undefined ? {} : { bond }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(bridge === undefined ? {} : { bridge }),
    ...(rest === undefined || Object.keys(rest).length === 0 ? {} : { rest }),
  };
}

/** Gives away an address, or all of them. */
export const gives = ({ was, will }: Changed): boolean =>
  (isAddressed(was) && !isAddressed(will)) ||
  allAddresses(was).some((each) => !allAddresses(will).includes(each));

/** Gets an address that it did not have. */
export const receives = (was: Link | undefined, will: Link): boolean =>
  (isAddressed(will) && (was === undefined || !isAddressed(was))) ||
  allAddresses(will).some((each) => was === undefined || !allAddresses(was).includes(each));

export const allAddresses = (link: LinkSettings): string[] => [
  ...link.ipv4.addresses,
  ...link.ipv6.addresses,
];

/** Whether settings differ that cannot be put in force in passing. Another port that a bond prefers can. */
export function needsActivation({ was, will }: Changed, wanted: NetworkState): boolean {
  const { primary } = was.bond?.options ?? {};
  const isNamed = (name: string | undefined) => name === undefined || linkOf(wanted, name) !== undefined;
  const mayPrefer = will.bond?.options.primary !== undefined && isNamed(primary);
  const plain = (link: Link) => {
    const { ipv4: _4, ipv6: _6, mtu: _m, rest: _r, bond, ...others } = settingsOf(link);
    if (bond === undefined || !mayPrefer) return { ...others, bond };
    return { ...others, bond: { ...bond, options: { ...bond.options, primary: '' } } };
  };
  return !was.active || !isDeepStrictEqual(plain(was), plain(will));
}

/** Controllers stand before their ports, parents and their ports before VLANs. */
export function rank(state: NetworkState, link: Link): number {
  const controller = link.controller === undefined ? undefined : linkOf(state, link.controller);
  const parent = link.vlan === undefined ? undefined : linkOf(state, link.vlan.parent);
  return Math.max(
    0,
    controller === undefined ? 0 : rank(state, controller) + 1,
    parent === undefined ? 0 : rank(state, parent) + 2,
  );
}

export const byRank = <T extends Link>(state: NetworkState, links: T[]): T[] =>
  links
    .map((link) => ({ link, rank: rank(state, link) }))
    .sort((a, b) => a.rank - b.rank)
    .map((each) => each.link);
