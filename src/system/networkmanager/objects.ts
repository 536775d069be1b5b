import { Fault } from '../../api/fault.ts';
import type { Section, Settings, Value } from './bus.ts';

export const NM = 'org.freedesktop.NetworkManager';

export interface Profile {
  path: string;
  uuid: string;
  /** Interface it is bound to; empty: any. */
  interfaceName: string;
  id: string;
  /** Its file, if it has one. */
  file: string;
  /** NetworkManager made it up to show a link that others set up: it ends with that link's set-up. */
  external: boolean;
  /** Made up by NetworkManager for a NIC that had none. */
  generated: boolean;
  /** The node itself makes it anew, for a network of the cloud: no kept state knows it. */
  remade: boolean;
  settings: Settings;
}

export interface Device {
  path: string;
  name: string;
  /** NM_DEVICE_STATE: 10 unmanaged, 30 disconnected, 40-90 on the way, 100 activated, 120 failed. */
  state: number;
  managed: boolean;
  permanentMac: string;
  /** Profile that is active on it. */
  activeUuid: string;
  /** NM_ACTIVE_CONNECTION_STATE: 1 activating, 2 activated, 3 deactivating. */
  activeState: number;
}

/** Key by which a profile in memory is known for one that the node makes anew; its value tells for what. */
export const REMADE = 'zs-node.remade';

/** For what the node makes a profile anew; undefined for all others. */
export function remadeFor({ user }: Settings): string | undefined {
  const data = user?.data?.value as Record<string, string> | undefined;
  return data?.[REMADE];
}

export const DEVICE_STATE = { unmanaged: 10, disconnected: 30, ipConfig: 70, activated: 100, failed: 120 };

/** One device out of the properties of its objects. */
export function deviceFrom(
  path: string,
  device: Section,
  active: Section | undefined,
  wired: Section | undefined,
): Device {
  return {
    path,
    name: text(device.Interface),
    state: number(device.State),
    managed: device.Managed?.value === true,
    permanentMac: text(wired?.PermHwAddress).toLowerCase(),
    activeUuid: text(active?.Uuid),
    activeState: number(active?.State),
  };
}

export const text = (value: Value | undefined): string =>
  typeof value?.value === 'string' ? value.value : '';
export const number = (value: Value | undefined): number =>
  typeof value?.value === 'number' ? value.value : 0;
export const list = (value: Value | undefined): Section[] => (Array.isArray(value?.value) ? value.value : []);

/** Properties of older versions, beside those that say the same and more. */
const OLD_NAMES = { addresses: 'address-data', routes: 'route-data', dns: 'dns-data' };

/**
 * Settings as they may be sent: NetworkManager tells addresses, routes and servers in two ways, and would take the
 * older one back, in which a route has no table, source or MTU.
 */
export function saidOnce(settings: Settings): Settings {
  const sections = ['ipv4', 'ipv6'].flatMap((name) => {
    const section = { ...settings[name] };
    for (const [old, newer] of Object.entries(OLD_NAMES))
      if (section[newer] !== undefined) delete section[old];
    return settings[name] === undefined ? [] : [[name, section] as const];
  });
  return { ...settings, ...Object.fromEntries(sections) };
}

/** Asked for by name, it is not there; every other failure is one. */
export function absent(thrown: unknown): undefined {
  if (Fault.from(thrown).kind !== 'failed') throw thrown;
  return undefined;
}
