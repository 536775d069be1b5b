import { isDeepStrictEqual } from 'node:util';
import { type Link, linkOf, type NetworkState } from '../schema/state.ts';
import { allAddresses } from './difference.ts';

export const plain = (address: string): string => address.replace(/\/.*/, '');

/** The address, set by hand, that the node is managed at; undefined: leased, or no link is known for it. */
export function managementAddress(state: NetworkState): string | undefined {
  const link = managementLinkOf(state);
  const set = link === undefined ? [] : allAddresses(link).map(plain);
  return set.find((address) => address === state.managementAddress) ?? set[0];
}

/** The management address's way in a change: `to` is absent when it will be a leased one. */
export interface AddressMove {
  from: string;
  to?: string;
}

/** What follows it outside the network, by the names that it has there. No secrets in it. */
export interface Following extends AddressMove {
  /** Settings of the management service that held the old address: before, and after. */
  before: Record<string, string>;
  after: Record<string, string>;
  /** Users of the database that may come from the old address. */
  users: string[];
}

/** Undefined when the node goes on being managed at the same address, or was at none. */
export function addressMove(current: NetworkState, wanted: NetworkState): AddressMove | undefined {
  if (wanted.managementSet !== true) return undefined;
  const before = managementAddress(current) ?? leased(current);
  const from = current.managementAddress ?? before;
  const to = addressAfter(current, wanted);
  const isAsked = current.managementAddress !== wanted.managementAddress;
  if (from === undefined || from === to || (before === to && !isAsked)) return undefined;
  return { from, ...(to === undefined ? {} : { to }) };
}

/** The management address after the change; undefined when it will be a leased one that nobody knows yet. */
export const addressAfter = (current: NetworkState, wanted: NetworkState): string | undefined =>
  managementAddress(wanted) ?? (isAsBefore(current, wanted) ? leased(wanted) : undefined);

/** What the kernel has on the link counts for the time after the change only while the link's addressing stays. */
function isAsBefore(current: NetworkState, wanted: NetworkState): boolean {
  const link = managementLinkOf(wanted);
  const was = link === undefined ? undefined : linkOf(current, link.name);
  return (
    isDeepStrictEqual(was?.ipv4, link?.ipv4) &&
    isDeepStrictEqual(was?.ipv6, link?.ipv6) &&
    was?.controller === link?.controller
  );
}

function leased(state: NetworkState): string | undefined {
  const held = (managementLinkOf(state)?.addresses ?? []).map(plain);
  return held.find((address) => address === state.managementAddress) ?? held[0];
}

const managementLinkOf = (state: NetworkState): Link | undefined =>
  state.management === undefined ? undefined : linkOf(state, state.management);
