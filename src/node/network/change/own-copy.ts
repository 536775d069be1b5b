import { type Settings, Value } from '../../../system/networkmanager/bus.ts';

/** NetworkManager's own limit. */
const HIGHEST = 999;

/**
 * A profile that serves several links, for one of them alone: everything in it but whom it is for. It starts before the
 * shared one, which would also fit its link.
 */
export function ownCopy(shared: Settings): Settings {
  const { match: _, ...rest } = shared;
  const { id: _i, uuid: _u, 'multi-connect': _m, timestamp: _t, ...connection } = shared.connection ?? {};
  const before = Number(connection['autoconnect-priority']?.value ?? 0);
  const priority = new Value('i', Math.min(before + 1, HIGHEST));
  return { ...rest, connection: { ...connection, 'autoconnect-priority': priority } };
}
