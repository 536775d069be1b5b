import type { Settings } from '../../../system/networkmanager/bus.ts';
import type { LinkSettings } from './schema/state.ts';

/** NetworkManager's own limit. */
const HIGHEST = 999;

/**
 * What a profile that serves several links says beyond our model, as it is to be for one of them alone: everything but
 * whom the profile is for. The own one starts before the shared one, which would also fit its link.
 */
export function restOfOwn(rest: LinkSettings['rest'] = {}): NonNullable<LinkSettings['rest']> {
  const { match: _, ...sections } = rest;
  const { 'multi-connect': _m, ...connection } = rest.connection ?? {};
  const before = Number(connection['autoconnect-priority']?.[1] ?? 0);
  const priority = ['i', Math.min(before + 1, HIGHEST)] as const;
  return { ...sections, connection: { ...connection, 'autoconnect-priority': [...priority] } };
}

/** The settings of a profile for a new one. */
export function nameless(settings: Settings): Settings {
  const { id: _i, uuid: _u, timestamp: _t, ...connection } = settings.connection ?? {};
  return { ...settings, connection };
}
