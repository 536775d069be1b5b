/** A key that needs not be carried over, with these values, and why. */
interface Harmless {
  values?: RegExp;
  why: string;
}

const YES = /^(yes|y|true|t|on|1)$/i;
const NO = /^(no|n|false|f|off|0)$/i;

const DEFAULT_OFF = 'off by default in NetworkManager too';

/** By the older generation's documentation of its scripts and of NetworkManager's reader for them. */
const HARMLESS: Record<string, Harmless> = {
  NAME: { why: 'a title to show: profiles are named by their interface' },
  USERCTL: { why: 'whether ordinary users may switch it: here only root may' },
  NM_CONTROLLED: { values: YES, why: 'what holds here for every link' },
  BROWSER_ONLY: { values: NO, why: DEFAULT_OFF },
  PROXY_METHOD: { values: /^none$/i, why: DEFAULT_OFF },
  HOTPLUG: { why: 'whether it comes up when it is plugged in: it comes up at boot either way' },
  LINKDELAY: { why: 'how long the scripts wait for the cable: NetworkManager is told by the kernel' },
  ARPCHECK: { why: 'whether the scripts look for a second owner of the address while they set it' },
  ARPUPDATE: { why: 'whether the scripts tell neighbours of the address: the kernel and NetworkManager do' },
  ARP: { values: YES, why: 'on by default' },
  PERSISTENT_DHCLIENT: { values: /^(yes|y|true|t|on|1)$/i, why: 'a lease is asked for again and again' },
  DHCPRELEASE: { why: 'what is told to the server when the link goes down' },
  PEERNTP: { why: 'where a lease names time servers: those are set in System Settings' },
  NOZEROCONF: { why: 'a route to 169.254.0.0/16 that NetworkManager never makes' },
  IPV6FORWARDING: { values: NO, why: DEFAULT_OFF },
  IPV6_ROUTER: { values: NO, why: DEFAULT_OFF },
  IPV6TO4INIT: { values: NO, why: DEFAULT_OFF },
  IPV6_SET_SYSCTLS: { why: 'how the scripts set the kernel, which NetworkManager does by itself' },
  IPV6_CONTROL_RADVD: { values: NO, why: DEFAULT_OFF },
  REORDER_HDR: { values: YES, why: 'on by default' },
  VLAN: { values: NO, why: 'says that it is none' },
  SLAVE: { values: NO, why: 'says that it is none' },
  BONDING_MASTER: { values: NO, why: 'says that it is none' },
  GVRP: { values: NO, why: DEFAULT_OFF },
  MVRP: { values: NO, why: DEFAULT_OFF },
  ISALIAS: { values: NO, why: 'says that it is none' },
  HOTPLUG_SLAVE: { values: NO, why: DEFAULT_OFF },
  STARTMODE: { values: /^(auto|onboot)$/i, why: 'of another distribution: ONBOOT says it here' },
  UUID: { why: 'taken where only one file has it' },
};

/** Whether a key may be left out: with any value, with others only, or not at all. */
export function harmless(key: string, value: string): 'yes' | 'other' | 'unknown' {
  const known = Object.hasOwn(HARMLESS, key) ? HARMLESS[key] : undefined;
  if (known === undefined) return 'unknown';
  return known.values === undefined || known.values.test(value) ? 'yes' : 'other';
}
