import { readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { byName } from '../../../api/by-name.ts';
import type { Profile } from '../../../system/networkmanager/objects.ts';
import { macIn, startsByItself } from './candidates.ts';
import { DISK_PROFILES } from './places.ts';
import { settingsOfProfile } from './profiles.ts';
import { MAC } from './schema/fields.ts';
import type { Link, NetworkState } from './schema/state.ts';

/** NICs that profiles are about, by name or else by MAC address, and that are not there, and those that are there and nobody configured, by their slots. */
export async function changedHardware(
  links: readonly Link[],
  profiles: readonly Profile[],
): Promise<Pick<NetworkState, 'missing' | 'spare'>> {
  const there = new Set(links.flatMap(({ name, altnames = [], mac }) => [name, ...altnames, mac]));
  const used = new Set(links.map(({ uuid }) => uuid));
  const missing = profiles
    .filter(({ external, remade, settings }) => !external && !remade && startsByItself(settings))
    // One that is bound by no name may be in use where the hardware address has changed meanwhile.
    .filter(({ interfaceName, uuid }) => interfaceName !== '' || !used.has(uuid))
    .flatMap((profile) => missingLink(profile, profiles))
    .filter(({ name }) => name !== '' && !there.has(name))
    .sort(byKind);
  if (missing.length === 0) return {};
  const kept = new Set(profiles.flatMap(({ uuid, file }) => (file.startsWith(DISK_PROFILES) ? [uuid] : [])));
  const spare = await Promise.all(
    links
      .filter((link) => isSpare(link, kept))
      .map(async (link) => ({ link, slot: await slotOf(link.name) })),
  );
  spare.sort((a, b) => a.slot.localeCompare(b.slot) || (a.link.index ?? 0) - (b.link.index ?? 0));
  return { missing, spare: spare.map(({ link }) => link.name) };
}

/** Names tell an order of slots, MAC addresses do not. */
const byKind = (a: Link, b: Link): number =>
  Number(MAC.test(a.name)) - Number(MAC.test(b.name)) || byName(a.name, b.name);

function missingLink(profile: Profile, profiles: readonly Profile[]): Link[] {
  const settings = settingsOfProfile(profile, profiles);
  if (settings?.kind !== 'physical') return [];
  const seen = { managed: true, present: false, active: false, carrier: false, addresses: [] };
  const name = settings.name || (macIn(profile.settings) ?? '');
  return [{ ...settings, ...seen, name, uuid: profile.uuid }];
}

/** What NetworkManager made up for a new NIC, or serves all NICs alike, is nobody's choice for this one. */
const isSpare = (link: Link, kept: ReadonlySet<string>): boolean =>
  link.kind === 'physical' &&
  link.present &&
  link.managed &&
  link.controller === undefined &&
  (link.uuid === undefined || link.shared !== undefined || !kept.has(link.uuid));

/** `0000:02:00.0`; empty for what stands in no slot. */
const slotOf = async (name: string): Promise<string> =>
  basename(await readlink(`/sys/class/net/${name}/device`).catch(() => ''));
