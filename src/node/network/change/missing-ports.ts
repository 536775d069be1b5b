import { settingsOfProfile } from './profiles.ts';
import type { Seen } from './read.ts';

/** A link that its profile makes a port, and that is not in that bond or bridge now. */
export interface MissingPort {
  port: string;
  controller: string;
  /** Bond or bridge that it is in instead. */
  instead?: string;
  /** There is no link of that name. */
  gone: boolean;
}

/** Ports of the bonds and bridges that are there. Profiles that do not start by themselves want nothing. */
export function missingPorts({ records, profiles }: Pick<Seen, 'records' | 'profiles'>): MissingPort[] {
  const names = new Set(records.map(({ ifname }) => ifname));
  return profiles.flatMap((profile) => {
    const { name: port, controller } = settingsOfProfile(profile, profiles) ?? { name: '' };
    const wanted = profile.settings.connection?.autoconnect?.value !== false;
    if (controller === undefined || port === '' || !wanted || !names.has(controller)) return [];
    const now = records.find(({ ifname }) => ifname === port);
    if (now?.master === controller) return [];
    return [{ port, controller, gone: now === undefined, ...(now?.master && { instead: now.master }) }];
  });
}
