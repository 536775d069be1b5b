import { isDeepStrictEqual } from 'node:util';
import { type Section, type Settings, Value } from '../../../system/networkmanager/bus.ts';
import { number, type Profile, text } from '../../../system/networkmanager/objects.ts';
import { familyOf, familyWith } from './families.ts';
import { restOf, withRest } from './rest.ts';
import type { LinkKind, LinkSettings } from './schema/state.ts';

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
  const kind = kindOf(text(connection.type));
  if (kind === undefined) return undefined;
  const mtu = number(settings['802-3-ethernet']?.mtu);
  const controller = interfaceOf(text(connection.controller) || text(connection.master), profiles);
  return {
    name: interfaceName,
    kind,
    ...partsOf(settings),
    ...(mtu === 0 ? {} : { mtu }),
    ...(controller === '' ? {} : { controller }),
    ...(kind === 'bond' ? { bond: bondOf(bond) } : {}),
    ...(kind === 'vlan' && vlan !== undefined
      ? { vlan: { parent: interfaceOf(text(vlan.parent), profiles), id: number(vlan.id) } }
      : {}),
    ...(kind === 'bridge' ? { bridge: { stp: bridge?.stp?.value !== false } } : {}),
  };
}

type Parts = Pick<LinkSettings, 'ipv4' | 'ipv6' | 'rest'>;
/** The same settings are read again and again until they change: with hundreds of links that is most of the work. */
const known = new WeakMap<Settings, Parts>();

function partsOf(settings: Settings): Parts {
  const before = known.get(settings);
  if (before !== undefined) return before;
  const rest = restOf(settings);
  const parts = {
    ipv4: familyOf(settings.ipv4, 4),
    ipv6: familyOf(settings.ipv6, 6),
    ...(rest === undefined ? {} : { rest }),
  };
  known.set(settings, parts);
  return parts;
}

/** A controller or parent is named by interface or by its profile's UUID. */
const interfaceOf = (name: string, profiles: readonly Profile[]): string =>
  profiles.find((profile) => profile.uuid === name)?.interfaceName ?? name;

function bondOf(section: Section | undefined): { mode: string; options: Record<string, string> } {
  const { mode = 'balance-rr', ...options } = (section?.options?.value ?? {}) as Record<string, string>;
  return { mode, options };
}

interface Identity {
  /** Of a new profile. */
  uuid: string;
  /** All profiles: a controller or parent may be named by its profile's UUID. */
  profiles: readonly Profile[];
  /** What its controller is, for a port. */
  controllerKind?: 'bond' | 'bridge' | undefined;
}

/**
 * The profile's settings with the link's written over them. What we have no words for is `rest`: mostly what the
 * profile has already, else that of the link that the addresses come from, or of a kept state.
 * @param before the profile as it is, with its secrets; empty for a new one.
 */
export function settingsWith(before: Settings, link: LinkSettings, identity: Identity): Settings {
  const { rest = {} } = link;
  const settings = isDeepStrictEqual(restOf(before) ?? {}, rest) ? { ...before } : withRest(before, rest);
  settings.connection = connectionWith(settings.connection ?? {}, link, identity);
  setOrDrop(settings, '802-3-ethernet', wiredWith(settings['802-3-ethernet'], link));
  if (link.bond !== undefined)
    settings.bond = {
      ...before.bond,
      options: new Value('a{ss}', { ...link.bond.options, mode: link.bond.mode }),
    };
  if (link.vlan !== undefined) settings.vlan = vlanWith(settings.vlan ?? {}, link.vlan, identity);
  if (link.bridge !== undefined)
    settings.bridge = { ...settings.bridge, stp: new Value('b', link.bridge.stp) };
  if (link.controller === undefined) {
    settings.ipv4 = familyWith(before.ipv4 ?? {}, link.ipv4, 4);
    settings.ipv6 = familyWith(before.ipv6 ?? {}, link.ipv6, 6);
    delete settings['bridge-port'];
    delete settings['bond-port'];
  } else {
    delete settings.ipv4;
    delete settings.ipv6;
    delete settings[identity.controllerKind === 'bridge' ? 'bond-port' : 'bridge-port'];
  }
  return settings;
}

function setOrDrop(settings: Settings, name: string, section: Section | undefined): void {
  if (section === undefined) delete settings[name];
  else settings[name] = section;
}

/** Names that newer versions use beside the old ones, and that would win over them. */
const NEW_NAMES = ['controller', 'port-type'];

function connectionWith(before: Section, link: LinkSettings, identity: Identity): Section {
  const section: Section = {
    ...before,
    id: before.id ?? new Value('s', link.name),
    uuid: before.uuid ?? new Value('s', identity.uuid),
    type: new Value('s', TYPES[link.kind] || '802-3-ethernet'),
    'interface-name': new Value('s', link.name),
    autoconnect: new Value('b', true),
  };
  delete section.timestamp;
  if (before.uuid === undefined && (link.bond !== undefined || link.bridge !== undefined))
    section['autoconnect-slaves'] ??= new Value('i', 1);
  const controller = interfaceOf(text(before.controller) || text(before.master), identity.profiles);
  if (link.controller === controller) return section;
  for (const name of [...NEW_NAMES, 'master', 'slave-type']) delete section[name];
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

function vlanWith(
  { 'interface-name': _, ...before }: Section,
  { parent, id }: { parent: string; id: number },
  { profiles }: Identity,
): Section {
  const named = interfaceOf(text(before.parent), profiles) === parent ? before.parent : undefined;
  return {
    flags: new Value('u', 1),
    ...before,
    parent: named ?? new Value('s', parent),
    id: new Value('u', id),
  };
}
