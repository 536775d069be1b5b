import type { Words } from '../../../../api/words.ts';

/** Addressing of one family on one link, in NetworkManager's own words. */
export type Method = 'disabled' | 'auto' | 'manual' | 'dhcp' | 'link-local' | 'shared' | 'ignore';

/**
 * Properties that we have no words for, by NetworkManager's name: each with its D-Bus signature, as JSON can hold it
 * (`"route-metric": ["x", {"$int": "50"}]`). Only those that say something; absent when there are none.
 */
export type Rest = Record<string, [signature: string, value: unknown]>;

export interface Route {
  /** `10.1.0.0/16`. */
  to: string;
  via?: string;
  metric?: number;
  /** Table, source, onlink, mtu and the like. */
  rest?: Rest;
}

export interface Family {
  method: Method;
  /** `192.0.2.4/24`; only those that are set by hand. */
  addresses: string[];
  gateway?: string;
  /** `192.0.2.53`; newer versions also take `192.0.2.53#name` and `dns+tls://192.0.2.53`. */
  dns: string[];
  routes: Route[];
  /** Attributes of addresses (`label`), by address. */
  attributes?: Record<string, Rest>;
  rest?: Rest;
}

export type LinkKind = 'physical' | 'bond' | 'vlan' | 'bridge' | 'other';

/** What a connection profile says about one link. */
export interface LinkSettings {
  name: string;
  kind: LinkKind;
  /** Bytes; absent: left to the driver or the parent. */
  mtu?: number;
  ipv4: Family;
  ipv6: Family;
  /** Bond or bridge that it is a port of. */
  controller?: string;
  bond?: { mode: string; options: Record<string, string> };
  vlan?: { parent: string; id: number };
  bridge?: { stp: boolean };
  /** The profile's other sections, without secrets. */
  rest?: Record<string, Rest>;
}

/** A profile that may start on a link by itself. */
export interface Candidate {
  uuid: string;
  id: string;
  /** Bound to this link, by its name or MAC address: no other link needs it. */
  own: boolean;
  /** NetworkManager starts the one with the highest. */
  priority: number;
  /** As in `Link`. */
  source?: string;
}

/** One link: its settings, and what was seen of it. */
export interface Link extends LinkSettings {
  /** The kernel's number for it, which stays until the next boot; absent: the kernel does not have it. */
  index?: number;
  /** Of its profile. Absent: the kernel has the link, NetworkManager keeps nothing about it. */
  uuid?: string;
  /** Its profile serves other links as well: the profile's name. A change gives the link one of its own. */
  shared?: string;
  /** All profiles that may start on it by themselves, its own among them. */
  candidates?: Candidate[];
  /** File of its profile, where that is others': made anew at each boot (`/run`), or part of the system (`/usr/lib`). */
  source?: string;
  /** Names that it has in the kernel besides: nobody else can be called so. */
  altnames?: string[];
  /** Permanent hardware address of a physical NIC. */
  mac?: string;
  /** The node makes it anew by itself for the cloud's networks: a bridge, or the NIC in it, whose settings are as without. */
  cloud?: true;
  /** False: NetworkManager is told to leave it alone. */
  managed: boolean;
  /** Which file and line tell it so, as far as one is found, and what to do about it. */
  unmanaged?: { words: Words; next: Words };
  /** The kernel has it now. */
  present: boolean;
  /** Its profile is active. */
  active: boolean;
  carrier: boolean;
  /** Switched on in the kernel, with or without carrier. */
  up?: boolean;
  /** Port that an active-backup bond sends by now. */
  activePort?: string;
  /** As the kernel has them now. */
  currentMac?: string;
  currentMtu?: number;
  /** Megabits per second. */
  speed?: number;
  /** Switch and port that it is cabled to, as LLDP tells. */
  neighbour?: { system: string; port: string };
  /** Addresses the kernel has, given by hand or leased; link-local ones left out. */
  addresses: string[];
}

export interface NetworkState {
  links: Link[];
  /** NICs that have a profile and are not there; and, only while there are such, the names of those that have none. */
  missing?: Link[];
  spare?: string[];
  /** Why NetworkManager tells nothing: the links are as the kernel alone has them, and nothing can be changed. */
  withoutManager?: Words;
  /** The links are told with their `rest`: states that older versions kept are not. */
  whole?: true;
  /** Name of the management link. */
  management?: string;
  /** It was set, rather than found by the default route: the setting then follows the link and its address. */
  managementSet?: boolean;
  /** The address that was set, or is chosen among those of the management link. */
  managementAddress?: string;
}

/** Made by another program, or given away to one: it is shown, and left alone. NICs are the node's own. */
export const isForeign = (link: Link): boolean =>
  link.kind !== 'physical' && link.present && (link.uuid === undefined || !link.managed);

export const OFF: Family = { method: 'disabled', addresses: [], dns: [], routes: [] };

export const linkOf = (state: NetworkState, name: string): Link | undefined =>
  state.links.find((link) => link.name === name);

/** Who has the name, be it as an alternative one. */
export const holderOf = (state: NetworkState, name: string): Link | undefined =>
  linkOf(state, name) ?? state.links.find((link) => link.altnames?.includes(name));

export const portsOf = (state: NetworkState, controller: string): Link[] =>
  state.links.filter((link) => link.controller === controller);

export const vlansOf = (state: NetworkState, parent: string): Link[] =>
  state.links.filter((link) => link.vlan?.parent === parent);

/** Whether the link has, or asks for, an address. */
export const isAddressed = (link: LinkSettings): boolean => asks(link.ipv4) || asks(link.ipv6);

const asks = (family: Family): boolean =>
  family.method === 'auto' ||
  family.method === 'dhcp' ||
  family.method === 'manual' ||
  family.method === 'shared';
