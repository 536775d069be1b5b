import { DISK_PROFILES, LINK_FILES, MEMORY_PROFILES } from '../change/places.ts';

/** Where the older generation keeps its network, and where ours is. */
export interface OldPlaces {
  scripts: string;
  /** `/etc/sysconfig/network`: what holds for the whole machine. */
  network: string;
  /** Routes of a generation before, which nobody reads any more. */
  staticRoutes: string;
  /** udev's rules that name NICs. */
  rules: string;
  /** Files and folders with options of the bonding module. */
  modprobe: readonly string[];
  /** Files with names of routing tables. */
  tables: readonly string[];
  /** Debian's own network file. */
  interfaces: string;
  hostname: string;
  profiles: string;
  /** Folders of further profiles that are read besides. */
  otherProfiles: readonly string[];
  linkFiles: string;
  /** Folders in which NetworkManager's plugins are looked for. */
  plugins: readonly string[];
}

export const OLD_PLACES: OldPlaces = {
  scripts: '/etc/sysconfig/network-scripts',
  network: '/etc/sysconfig/network',
  staticRoutes: '/etc/sysconfig/static-routes',
  rules: '/etc/udev/rules.d/70-persistent-net.rules',
  modprobe: ['/etc/modprobe.conf', '/etc/modprobe.d'],
  tables: ['/usr/share/iproute2/rt_tables', '/etc/iproute2/rt_tables', '/etc/iproute2/rt_tables.d'],
  interfaces: '/etc/network/interfaces',
  hostname: '/etc/hostname',
  profiles: DISK_PROFILES,
  otherProfiles: [MEMORY_PROFILES, '/usr/lib/NetworkManager/system-connections'],
  linkFiles: LINK_FILES,
  plugins: [
    '/usr/lib64/NetworkManager',
    '/usr/lib/NetworkManager',
    '/usr/lib/x86_64-linux-gnu/NetworkManager',
  ],
};

/** Folder and ending that the old files get: nobody reads them there. */
export const ASIDE = 'imported';
