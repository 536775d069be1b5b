/** A network of the older generation, and what has to become of it. */
export interface OldCase {
  /** Files of `network-scripts`. */
  scripts: Record<string, string>;
  /** `/etc/sysconfig/network`. */
  network?: string;
  /** `70-persistent-net.rules`. */
  rules?: string;
  /** Options of kernel modules. */
  modprobe?: string;
  /** Names of routing tables. */
  tables?: string;
  interfaces?: string;
  hostname?: string;
  staticRoutes?: string;
  /** Profiles that are there already, by file. */
  own?: Record<string, string>;
  /**
   * Profiles by id: every property that differs from a new profile of that type without addresses, by nmcli's names.
   */
  profiles: Record<string, Record<string, string>>;
  /** What stays, in the words that a person gets; all of it. */
  left?: string[];
  /** Files of systemd that name NICs. */
  names?: string[];
  /** What `/etc/hostname` says afterwards. */
  hostnameAfter?: string;
}

/** IPv6 as the kernel does it by itself. */
export const AUTO6 = { 'ipv6.method': 'auto', 'ipv6.addr-gen-mode': 'eui64' };

export const MANUAL = (addresses: string, gateway?: string): Record<string, string> => ({
  'ipv4.method': 'manual',
  'ipv4.addresses': addresses,
  ...(gateway === undefined ? {} : { 'ipv4.gateway': gateway }),
});
/** What NetworkManager adds to a port of a bridge. */
export const BRIDGE_PORT = {
  'connection.slave-type': 'bridge',
  'bridge-port.hairpin-mode': 'no',
  'bridge-port.path-cost': '100',
  'bridge-port.priority': '32',
};
export const LEASED = { 'ipv4.method': 'auto' };
