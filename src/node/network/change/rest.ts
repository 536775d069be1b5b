import type { Section, Settings } from '../../../system/networkmanager/bus.ts';
import { plainOf, sectionOf } from '../../../system/networkmanager/plain.ts';
import type { LinkSettings, Rest } from './schema/state.ts';

/** Keys of a profile that are the link's settings in our words, or NetworkManager's own affair. */
const OURS: Record<string, readonly string[]> = {
  connection: [
    'id',
    'uuid',
    'type',
    'interface-name',
    'autoconnect',
    'timestamp',
    'read-only',
    'master',
    'slave-type',
    'controller',
    'port-type',
  ],
  '802-3-ethernet': ['mtu'],
  vlan: ['parent', 'id', 'interface-name'],
  bridge: ['stp', 'interface-name'],
};

/** Sections that are ours whole, and those that hold secrets, which stay in the profile alone. */
const WHOLE = new Set(['bond', 'ipv4', 'ipv6', '802-1x', 'macsec', 'pppoe']);

/** What the section says besides `ours`; undefined when that is nothing. An empty list says nothing. */
export function restOfSection(section: Section, ours: readonly string[]): Rest | undefined {
  const told = Object.entries(section).filter(
    ([name, { value }]) => !ours.includes(name) && !(typeof value === 'object' && isEmpty(value)),
  );
  if (told.length === 0) return undefined;
  return Object.fromEntries(told.map(([name, value]) => [name, plainOf(value)]));
}

const isEmpty = (value: object | null): boolean => value !== null && Object.keys(value).length === 0;

/** What the profile says besides the link's settings, by section; undefined when that is nothing. */
export function restOf(settings: Settings): LinkSettings['rest'] {
  const sections = Object.entries(settings).flatMap(([name, section]) => {
    const rest = WHOLE.has(name) ? undefined : restOfSection(section, OURS[name] ?? []);
    return rest === undefined ? [] : [[name, rest] as const];
  });
  return sections.length === 0 ? undefined : Object.fromEntries(sections);
}

/** The settings with another rest: what it does not name goes. */
export function withRest(before: Settings, rest: NonNullable<LinkSettings['rest']>): Settings {
  const settings: Settings = {};
  for (const [name, section] of Object.entries(before)) {
    const ours = Object.entries(section).filter(([key]) => WHOLE.has(name) || OURS[name]?.includes(key));
    if (ours.length > 0) settings[name] = Object.fromEntries(ours);
  }
  for (const [name, section] of Object.entries(rest))
    settings[name] = { ...settings[name], ...sectionOf(section) };
  return settings;
}
