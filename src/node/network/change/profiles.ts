import { isDeepStrictEqual } from 'node:util';
import { Address6 } from 'ip-address';
import { type Section, type Settings, Value } from '../../../system/networkmanager/bus.ts';
import type { Profile } from '../../../system/networkmanager/objects.ts';
import {
  type Family,
  type LinkKind,
  type LinkSettings,
  type Method,
  OFF,
  type Route,
} from './schema/state.ts';

const TYPES: Record<LinkKind, string> = {
  physical: '802-3-ethernet',
  bond: 'bond',
  vlan: 'vlan',
  bridge: 'bridge',
  other: '',
};

/** Kind of link that a profile's type is for; undefined: none of ours (wireless, VPN, ...). */
const kindOf = (type: string): LinkKind | undefined =>
  (Object.keys(TYPES) as LinkKind[]).find((kind) => TYPES[kind] === type && type !== '');

/** What a profile says about its link, in our words; undefined for types that are none of ours. */
export function settingsOfProfile(profile: Profile, profiles: readonly Profile[]): LinkSettings | undefined {
  const { settings, interfaceName } = profile;
  const { connection = {}, bond, vlan, bridge } = settings;
  const kind = kindOf(textOf(connection.type));
  if (kind === undefined) return undefined;
  const mtu = numberOf(settings['802-3-ethernet']?.mtu);
  const controller = interfaceOf(textOf(connection.controller) || textOf(connection.master), profiles);
  return {
    name: interfaceName,
    kind,
    ipv4: familyOf(settings.ipv4, 4),
    ipv6: familyOf(settings.ipv6, 6),
    ...(mtu === 0 ? {} : { mtu }),
    ...(controller === '' ? {} : { controller }),
    ...(kind === 'bond' ? { bond: bondOf(bond) } : {}),
    ...(kind === 'vlan' && vlan !== undefined
      ? { vlan: { parent: interfaceOf(textOf(vlan.parent), profiles), id: numberOf(vlan.id) } }
      : {}),
    ...(kind === 'bridge' ? { bridge: { stp: bridge?.stp?.value !== false } } : {}),
  };
}

/** A controller or parent is named by interface or by its profile's UUID. */
const interfaceOf = (name: string, profiles: readonly Profile[]): string =>
  profiles.find((profile) => profile.uuid === name)?.interfaceName ?? name;

function bondOf(section: Section | undefined): { mode: string; options: Record<string, string> } {
  const { mode = 'balance-rr', ...options } = (section?.options?.value ?? {}) as Record<string, string>;
  return { mode, options };
}

function familyOf(section: Section | undefined, version: 4 | 6): Family {
  if (section === undefined) return OFF;
  const gateway = textOf(section.gateway);
  return {
    method: (textOf(section.method) || 'disabled') as Method,
    addresses: listOf(section['address-data']).map(
      (each) => `${textOf(each.address)}/${numberOf(each.prefix)}`,
    ),
    ...(gateway === '' ? {} : { gateway }),
    dns: dnsOf(section, version),
    routes: listOf(section['route-data']).map(routeOf),
  };
}

function routeOf(entry: Section): Route {
  const via = textOf(entry['next-hop']);
  const metric = entry.metric === undefined ? undefined : numberOf(entry.metric);
  return {
    to: `${textOf(entry.dest)}/${numberOf(entry.prefix)}`,
    ...(via === '' ? {} : { via }),
    ...(metric === undefined ? {} : { metric }),
  };
}

/** Newer versions name the servers in text, all have them in binary. */
function dnsOf(section: Section, version: 4 | 6): string[] {
  const data = section['dns-data']?.value;
  if (Array.isArray(data)) return data as string[];
  const servers = section.dns?.value;
  if (!Array.isArray(servers)) return [];
  return version === 4
    ? (servers as number[]).map(ipv4Text)
    : (servers as Uint8Array[]).map((bytes) => Address6.fromByteArray([...bytes]).correctForm());
}

/** An address in network order, read as a number by a little-endian machine. */
const ipv4Text = (number: number): string =>
  [number & 255, (number >>> 8) & 255, (number >>> 16) & 255, number >>> 24].join('.');
const ipv4Number = (text: string): number => Buffer.from(text.split('.').map(Number)).readUInt32LE(0);

interface Identity {
  /** Of a new profile. */
  uuid: string;
  /** What its controller is, for a port. */
  controllerKind?: 'bond' | 'bridge' | undefined;
}

/**
 * The profile's settings with the link's written over them: what we have no words for stays as it was.
 * @param before the profile as it is; empty for a new one.
 */
export function settingsWith(before: Settings, link: LinkSettings, identity: Identity): Settings {
  const settings: Settings = { ...before };
  settings.connection = connectionWith(before.connection ?? {}, link, identity);
  setOrDrop(settings, '802-3-ethernet', wiredWith(before['802-3-ethernet'], link));
  if (link.bond !== undefined)
    settings.bond = { options: new Value('a{ss}', { ...link.bond.options, mode: link.bond.mode }) };
  if (link.vlan !== undefined) settings.vlan = vlanWith(before.vlan, link.vlan);
  if (link.bridge !== undefined) settings.bridge = { ...before.bridge, stp: new Value('b', link.bridge.stp) };
  if (link.controller === undefined) {
    settings.ipv4 = familyWith(before.ipv4 ?? {}, link.ipv4, 4);
    settings.ipv6 = familyWith(before.ipv6 ?? {}, link.ipv6, 6);
    delete settings['bridge-port'];
    delete settings['bond-port'];
  } else {
    delete settings.ipv4;
    delete settings.ipv6;
  }
  return settings;
}

function setOrDrop(settings: Settings, name: string, section: Section | undefined): void {
  if (section === undefined) delete settings[name];
  else settings[name] = section;
}

/** Names that newer versions use beside the old ones, and that would win over them. */
const NEW_NAMES = ['controller', 'port-type', 'autoconnect-ports'];

function connectionWith(before: Section, link: LinkSettings, identity: Identity): Section {
  const section: Section = {
    ...before,
    id: before.id ?? new Value('s', link.name),
    uuid: before.uuid ?? new Value('s', identity.uuid),
    type: new Value('s', TYPES[link.kind] || '802-3-ethernet'),
    'interface-name': new Value('s', link.name),
    autoconnect: new Value('b', true),
  };
  for (const name of [...NEW_NAMES, 'master', 'slave-type', 'timestamp']) delete section[name];
  if (link.bond !== undefined || link.bridge !== undefined) section['autoconnect-slaves'] = new Value('i', 1);
  if (link.controller === undefined) return section;
  section.master = new Value('s', link.controller);
  section['slave-type'] = new Value('s', identity.controllerKind ?? 'bond');
  return section;
}

function wiredWith(before: Section | undefined, link: LinkSettings): Section | undefined {
  const { mtu: _, ...rest } = before ?? {};
  if (link.mtu !== undefined) return { ...rest, mtu: new Value('u', link.mtu) };
  return link.kind === 'physical' || before !== undefined ? rest : undefined;
}

function vlanWith(before: Section | undefined, vlan: { parent: string; id: number }): Section {
  const { 'interface-name': _, ...rest } = before ?? {};
  return {
    flags: new Value('u', 1),
    ...rest,
    parent: new Value('s', vlan.parent),
    id: new Value('u', vlan.id),
  };
}

function familyWith(before: Section, family: Family, version: 4 | 6): Section {
  if (before.method !== undefined && isDeepStrictEqual(familyOf(before, version), family)) return before;
  const { addresses: _a, routes: _r, 'dns-data': _d, gateway: _g, ...rest } = before;
  return {
    ...rest,
    method: new Value('s', family.method),
    'address-data': new Value('aa{sv}', family.addresses.map(addressEntry)),
    'route-data': new Value('aa{sv}', family.routes.map(routeEntry)),
    dns: dnsValue(family.dns, version),
    ...(family.gateway === undefined ? {} : { gateway: new Value('s', family.gateway) }),
  };
}

const addressEntry = (address: string): Section => {
  const [host = '', prefix = ''] = address.split('/');
  return { address: new Value('s', host), prefix: new Value('u', Number(prefix)) };
};

const routeEntry = (route: Route): Section => {
  const [dest = '', prefix = ''] = route.to.split('/');
  return {
    dest: new Value('s', dest),
    prefix: new Value('u', Number(prefix)),
    ...(route.via === undefined ? {} : { 'next-hop': new Value('s', route.via) }),
    ...(route.metric === undefined ? {} : { metric: new Value('u', route.metric) }),
  };
};

const dnsValue = (dns: string[], version: 4 | 6): Value =>
  version === 4
    ? new Value('au', dns.map(ipv4Number))
    : new Value(
        'aay',
        dns.map((server) => Buffer.from(new Address6(server).toByteArray())),
      );

const textOf = (value: Value | undefined): string => (typeof value?.value === 'string' ? value.value : '');
const numberOf = (value: Value | undefined): number => (typeof value?.value === 'number' ? value.value : 0);
const listOf = (value: Value | undefined): Section[] => (Array.isArray(value?.value) ? value.value : []);
