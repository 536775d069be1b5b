import { type Settings, Value } from '../../../system/networkmanager/bus.ts';

/** NetworkManager's own limit. */
const HIGHEST = 999;

/** What a profile that serves several links says, as the beginning of one for a link alone. */
export function begunFrom(shared: Settings): Settings {
  const { id: _i, uuid: _u, timestamp: _t, ...connection } = shared.connection ?? {};
  return { ...shared, connection };
}

/** The profile made from it, without whom the shared one is for. It starts before that one, which would also fit its link. */
export function forOneLink(settings: Settings): Settings {
  const { match: _, ...rest } = settings;
  const { 'multi-connect': _m, ...connection } = settings.connection ?? {};
  const before = Number(connection['autoconnect-priority']?.value ?? 0);
  const priority = new Value('i', Math.min(before + 1, HIGHEST));
  return { ...rest, connection: { ...connection, 'autoconnect-priority': priority } };
}
