import type { Words } from '../../../api/words.ts';
import { type LinkRecord, readDefaultRouteLink, readLinks, readSpeed } from '../../../system/iproute.ts';
import type { Settings } from '../../../system/networkmanager/bus.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import type { Device, Profile } from '../../../system/networkmanager/objects.ts';
import { readText } from '../../../system/proc.ts';
import { managementLink } from '../management-link.ts';
import type { Management } from '../management-setting.ts';
import { obstacles } from '../unmanaged.ts';
import { readActivePort } from './bonding.ts';
import { candidatesFor, priorityOf, sourceOf, startsByItself } from './candidates.ts';
import { changedHardware } from './hardware.ts';
import { readNeighbours } from './neighbours.ts';
import { restOfOwn } from './own-copy.ts';
import { settingsOfProfile } from './profiles.ts';
import { type Link, type LinkKind, type LinkSettings, type NetworkState, OFF } from './schema/state.ts';

/** What was read at one moment, still in the words of those who told it. */
export interface Seen {
  records: LinkRecord[];
  devices: Device[];
  profiles: Profile[];
}

export async function see(manager: NetworkManager): Promise<Seen> {
  const [records, profiles] = await Promise.all([readLinks(), manager.profiles()]);
  return { records, devices: manager.devices(), profiles };
}

/** The network as it is: the kernel's links, and what NetworkManager keeps about each. Throws `unavailable` without it. */
export async function readState(manager: NetworkManager, setting: Management): Promise<NetworkState> {
  const seen = await see(manager);
  const links = linksOf(seen);
  const [told, unmanaged] = await Promise.all([toldOf(links), whyUnmanaged(links)]);
  return {
    whole: true,
    ...(await changedHardware(links, seen.profiles)),
    links: told.map((link) => ({ ...link, ...unmanaged.get(link.name) })),
    ...managementOf(seen.records, setting),
  };
}

/** The kernel's links alone, while NetworkManager tells nothing. @param why it does not */
export async function readKernelState(setting: Management, why: Words): Promise<NetworkState> {
  const records = await readLinks();
  // Whether it manages them cannot be known; that nothing can be changed is said of all of them at once.
  const links = linksOf({ records, devices: [], profiles: [] }).map((link) => ({ ...link, managed: true }));
  return { withoutManager: why, links: await toldOf(links), ...managementOf(records, setting) };
}

/** With what cards and switches tell. */
async function toldOf(links: readonly Link[]): Promise<Link[]> {
  const [neighbours, ...speeds] = await Promise.all([readNeighbours(), ...links.map(speedOf)]);
  return links.map((link, at) => {
    const neighbour = neighbours.get(link.name);
    return { ...link, ...speeds[at], ...(neighbour === undefined ? {} : { neighbour }) };
  });
}

type ManagementPart = Pick<NetworkState, 'management' | 'managementSet' | 'managementAddress'>;

function managementOf(records: LinkRecord[], setting: Management): ManagementPart {
  const management = managementLink(records, { ...setting, defaultRoute: readDefaultRouteLink(readText) });
  return {
    ...(management === undefined ? {} : { management }),
    ...((setting.managementAddress ?? setting.managementNic) ? { managementSet: true } : {}),
    ...(setting.managementAddress === undefined ? {} : { managementAddress: setting.managementAddress }),
  };
}

/** By name, of the NICs that NetworkManager leaves alone. */
async function whyUnmanaged(links: readonly Link[]): Promise<Map<string, Pick<Link, 'unmanaged'>>> {
  const nics = links.filter(({ kind, managed }) => (kind === 'physical' || kind === 'other') && !managed);
  if (nics.length === 0) return new Map();
  const found = await obstacles(nics.map(({ name, index = 0, mac = '' }) => ({ name, index, mac })));
  return new Map(
    [...found].flatMap(([name, [first]]) =>
      first === undefined ? [] : [[name, { unmanaged: { words: first.words, next: first.next } }]],
    ),
  );
}

async function speedOf(link: Link): Promise<Pick<Link, 'speed' | 'activePort'>> {
  if (link.present && link.bond?.mode === 'active-backup') return readActivePort(link.name);
  if (link.kind !== 'physical' || !link.carrier) return {};
  const speed = await readSpeed(link.name);
  return speed === undefined ? {} : { speed };
}

export function linksOf(seen: Seen): Link[] {
  const present = seen.records
    .filter((record) => record.link_type === 'ether')
    .map((record) => presentLink(record, seen));
  const used = new Set(present.map((link) => link.uuid));
  const names = new Set(present.map((link) => link.name));
  const absent = seen.profiles
    .filter(
      (profile) =>
        !profile.external && !profile.remade && !used.has(profile.uuid) && !names.has(profile.interfaceName),
    )
    .flatMap((profile) => absentLink(profile, seen.profiles));
  return [...present, ...absent];
}

function presentLink(record: LinkRecord, seen: Seen): Link {
  const name = record.ifname;
  const device = seen.devices.find((each) => each.name === name);
  const shown = seen.profiles.find(({ external, uuid }) => external && uuid === device?.activeUuid);
  const kind = kindOf(record, device, shown);
  const own = seen.profiles.filter(({ external, remade }) => !external && !remade);
  const cloud = seen.profiles.some(({ remade, uuid }) => remade && uuid === device?.activeUuid);
  const profile = profileFor(name, device, own);
  const mac = macOf(kind, device, record);
  const candidates = candidatesFor({ name, kind, ...mac }, own);
  const teller = profile ?? shown;
  const settings = teller === undefined ? undefined : settingsOfProfile(teller, seen.profiles);
  const shared = profile === undefined ? undefined : sharedName(profile, record, seen);
  return {
    index: record.ifindex,
    ...(settings ?? bareSettings(record, cloud)),
    ...(shared === undefined ? {} : { rest: restOfOwn(settings?.rest) }),
    name,
    kind,
    ...(profile === undefined ? {} : { uuid: profile.uuid, ...sourceOf(profile) }),
    ...(shared === undefined ? {} : { shared }),
    ...(candidates.length === 0 ? {} : { candidates }),
    ...(record.altnames === undefined ? {} : { altnames: record.altnames }),
    ...mac,
    ...(cloud && { cloud }),
    managed: device?.managed === true,
    present: true,
    active: device !== undefined && profile !== undefined && device.activeUuid === profile.uuid,
    carrier: record.flags.includes('LOWER_UP'),
    up: record.flags.includes('UP'),
    ...(record.address === undefined ? {} : { currentMac: record.address }),
    currentMtu: record.mtu,
    addresses: addressesOf(record),
  };
}

const addressesOf = (record: LinkRecord): string[] =>
  (record.addr_info ?? [])
    .filter(({ scope }) => scope !== 'link')
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`);

/** A bond, VLAN or bridge that has a profile and is down. A NIC's profile without its NIC is left alone. */
function absentLink(profile: Profile, profiles: readonly Profile[]): Link[] {
  const settings = settingsOfProfile(profile, profiles);
  if (settings === undefined || settings.kind === 'physical' || settings.name === '') return [];
  return [
    {
      ...settings,
      uuid: profile.uuid,
      managed: true,
      present: false,
      active: false,
      carrier: false,
      addresses: [],
    },
  ];
}

/**
 * A virtual Ethernet end that NetworkManager was given is this machine's NIC (a container has no other). One that it only
 * shows is so when it has addresses of its own; without, or in a bridge, it is the end of a container's.
 */
function kindOf(record: LinkRecord, device: Device | undefined, shown: Profile | undefined): LinkKind {
  const kind = record.linkinfo?.info_kind;
  if (kind === 'bond' || kind === 'vlan' || kind === 'bridge') return kind;
  if (kind === undefined) return 'physical';
  const isOthers = shown !== undefined && (record.master !== undefined || addressesOf(record).length === 0);
  return kind === 'veth' && device?.managed === true && !isOthers ? 'physical' : 'other';
}

/** NM_CONNECTION_MULTI_CONNECT of profiles that are made for several links at once. */
const FOR_SEVERAL = [2, 3];

/** Of a profile that is not for this link alone: made for several, in use by several, or bound to another one's name. */
function sharedName(
  profile: Profile,
  { ifname, altnames = [] }: LinkRecord,
  { devices }: Seen,
): string | undefined {
  const { 'multi-connect': multiConnect } = profile.settings.connection ?? {};
  const bound = profile.interfaceName;
  const meant = bound === '' && FOR_SEVERAL.includes(Number(multiConnect?.value));
  const users = devices.filter(({ activeUuid }) => activeUuid === profile.uuid);
  const isOthers = bound !== '' && ![ifname, ...altnames].includes(bound);
  return meant || isOthers || users.length > 1 ? profile.id : undefined;
}

function macOf(kind: LinkKind, device: Device | undefined, record: LinkRecord): { mac?: string } {
  if (kind !== 'physical') return {};
  const mac = device?.permanentMac || record.address;
  return mac === undefined || mac === '' ? {} : { mac };
}

/** The active profile; else the one that would start by itself, of those bound to the name. */
function profileFor(
  name: string,
  device: Device | undefined,
  profiles: readonly Profile[],
): Profile | undefined {
  const bound = profiles.filter((profile) => profile.interfaceName === name).sort(byPriority);
  const active = profiles.find((profile) => profile.uuid === device?.activeUuid);
  return active ?? bound[0];
}

const lastUsed = ({ connection }: Settings): number => Number(connection?.timestamp?.value ?? 0);
const byPriority = ({ settings: a }: Profile, { settings: b }: Profile): number =>
  Number(startsByItself(b)) - Number(startsByItself(a)) ||
  priorityOf(b) - priorityOf(a) ||
  lastUsed(b) - lastUsed(a);

/** A link without a profile: whoever made it says what it is. @param cloud the node put it where it is, and will again */
function bareSettings(record: LinkRecord, cloud: boolean): Omit<LinkSettings, 'name' | 'kind'> {
  const data = record.linkinfo?.info_data;
  const kind = record.linkinfo?.info_kind;
  return {
    ipv4: OFF,
    ipv6: OFF,
    ...(record.master === undefined || cloud ? {} : { controller: record.master }),
    ...(kind === 'bond' ? { bond: { mode: data?.mode ?? 'balance-rr', options: {} } } : {}),
    ...(kind === 'vlan' && record.link !== undefined
      ? { vlan: { parent: record.link, id: data?.id ?? 0 } }
      : {}),
    ...(kind === 'bridge' ? { bridge: { stp: false } } : {}),
  };
}
