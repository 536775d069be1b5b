import {
  isAddressed,
  type Link,
  type LinkSettings,
  linkOf,
  type NetworkState,
  OFF,
  portsOf,
  type Rest,
} from '../schema/state.ts';
import { edited, refuseInUse, released, without } from './edit.ts';

type Sections = NonNullable<LinkSettings['rest']>;

/** No addresses. */
export const BARE: Pick<Link, 'ipv4' | 'ipv6'> = { ipv4: OFF, ipv6: OFF };

/** All addresses taken off a link, and all that is set for them. */
export const bared = (state: NetworkState, name: string): NetworkState =>
  edited(state, name, { ...BARE, rest: split(linkOf(state, name)?.rest).stays });

/** The addresses of one link go over to another with all that is set for them, and with them the management of the node. */
export function moved(state: NetworkState, from: string, to: string): NetworkState {
  const giver = linkOf(state, from);
  if (giver === undefined) return state;
  const { ipv4, ipv6 } = giver;
  const { goes } = split(giver.rest);
  const { stays } = split(linkOf(state, to)?.rest);
  const given = edited(bared(state, from), to, { ipv4, ipv6, rest: joined(stays, goes) });
  return state.management === from ? { ...given, management: to } : given;
}

/** The state without a bond or bridge: its one port gets the addresses; with several they have to be moved first. */
export function handedBack(state: NetworkState, link: Link): NetworkState {
  const ports = portsOf(state, link.name);
  const [heir] = ports;
  const isGiven = isAddressed(link) && heir !== undefined && ports.length === 1;
  const given = isGiven ? moved(state, link.name, heir.name) : state;
  refuseInUse(given, link, 'name');
  const freed = ports.reduce((rest, port) => released(rest, port.name), given);
  return without(freed, link.name);
}

/** Sections and properties that are about addresses and names rather than about the cable. */
const OF_ADDRESSES: Record<string, 'all' | readonly string[]> = {
  proxy: 'all',
  hostname: 'all',
  connection: [
    'zone',
    'mdns',
    'llmnr',
    'dns-over-tls',
    'metered',
    'stable-id',
    'mptcp-flags',
    'secondaries',
    'gateway-ping-timeout',
    'ip-ping-timeout',
    'ip-ping-addresses',
    'ip-ping-addresses-require-all',
  ],
};

interface Split {
  goes: Sections;
  stays: Sections;
}

/** What goes along with a link's addresses, and what stays with its cable. */
export function split(rest: Sections = {}): Split {
  const part = (isWanted: boolean): Sections => {
    const sections = Object.entries(rest).map(([section, properties]): [string, Rest] => {
      const goes = OF_ADDRESSES[section] ?? [];
      const wanted = Object.entries(properties).filter(
        ([name]) => (goes === 'all' || goes.includes(name)) === isWanted,
      );
      return [section, Object.fromEntries(wanted)];
    });
    return Object.fromEntries(sections.filter(([, properties]) => Object.keys(properties).length > 0));
  };
  return { goes: part(true), stays: part(false) };
}

function joined(one: Sections, other: Sections): Sections {
  const all = { ...one };
  for (const [section, properties] of Object.entries(other))
    all[section] = { ...all[section], ...properties };
  return all;
}
