import { readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Profile } from '../../../system/networkmanager/objects.ts';
import { DISK_PROFILES } from './places.ts';
import { settingsOfProfile } from './profiles.ts';
import type { Link, NetworkState } from './schema/state.ts';

/** NICs that profiles are about and that are not there, and those that are there and nobody configured, by their slots. */
export async function changedHardware(
  links: readonly Link[],
  profiles: readonly Profile[],
): Promise<Pick<NetworkState, 'missing' | 'spare'>> {
  const names = new Set(links.flatMap(({ name, altnames = [] }) => [name, ...altnames]));
  const missing = profiles
    .filter(({ external, interfaceName }) => !external && interfaceName !== '' && !names.has(interfaceName))
    .filter(({ settings }) => settings.connection?.autoconnect?.value !== false)
    .flatMap((profile) => missingLink(profile, profiles))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
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

function missingLink(profile: Profile, profiles: readonly Profile[]): Link[] {
  const settings = settingsOfProfile(profile, profiles);
  if (settings?.kind !== 'physical') return [];
  const seen = { managed: true, present: false, active: false, carrier: false, addresses: [] };
  return [{ ...settings, ...seen, uuid: profile.uuid }];
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
