import { pickFrom } from '../fakes/random.ts';
import type { NetworkWorld } from './network-world.ts';

/** Values that NetworkManager takes for a property; undefined leaves it out this time. */
type Make = (random: () => number) => string | undefined;

const of =
  (...values: (string | undefined)[]): Make =>
  (random) =>
    pickFrom(random, values);
const upTo =
  (least: number, most: number): Make =>
  (random) =>
    String(least + Math.floor(random() * (most - least + 1)));
const yesNo = of('yes', 'no');
const hex = (random: () => number) => (16 + Math.floor(random() * 239)).toString(16);
const host = upTo(1, 250);

const FAMILY: Record<string, Make> = {
  'dns-search': of('one.example', 'one.example,two.example', '~.'),
  'dns-options': of('rotate', 'rotate,timeout:3', 'edns0'),
  'dns-priority': upTo(-100, 100),
  'route-metric': upTo(1, 9999),
  'route-table': of('0', '254', '77'),
  'replace-local-rule': yesNo,
  'ignore-auto-routes': yesNo,
  'ignore-auto-dns': yesNo,
  'dhcp-timeout': upTo(10, 90),
  'dhcp-send-hostname': yesNo,
  'may-fail': yesNo,
  'required-timeout': upTo(0, 5),
  'auto-route-ext-gw': yesNo,
  'dhcp-iaid': of('mac', 'perm-mac', 'ifname', '77'),
};

/** By section, every property that NetworkManager 1.42 knows, but for those that say what kind of link it is. */
const PROPERTIES: Record<string, Record<string, Make>> = {
  ipv4: {
    ...FAMILY,
    dns: of('192.0.2.53', '192.0.2.53,198.51.100.53'),
    addresses: (random) => `198.51.100.${host(random)}/24,10.9.8.${host(random)}/32`,
    gateway: of('198.51.100.254', '203.0.113.1'),
    routes: of(
      '10.0.0.0/8 198.51.100.9 50 table=100 src=198.51.100.7 mtu=1400 onlink=true',
      '10.50.0.0/16 198.51.100.9, 0.0.0.0/0 198.51.100.1 table=102, 10.99.0.0/16 type=blackhole',
      '172.16.0.0/12 198.51.100.9 initcwnd=20 quickack=true window=9000 cwnd=14 tos=16 scope=0',
    ),
    'routing-rules': of(
      'priority 5 from 198.51.100.7 table 100',
      'priority 6 to 10.0.0.0/8 iif lo table 102, priority 9 not from 10.0.0.0/8 fwmark 0x7/0xff table 9',
    ),
    'dhcp-client-id': of('mac', 'node-7', '01:52:54:00:00:00:09'),
    'dhcp-hostname': of('node7', undefined),
    'dhcp-fqdn': of('node7.example', undefined),
    'dhcp-hostname-flags': of('0x0', '0x8'),
    'never-default': yesNo,
    'dad-timeout': upTo(0, 900),
    'dhcp-vendor-class-identifier': of('appliance', 'a b'),
    'link-local': of('default', 'disabled', 'enabled'),
    'dhcp-reject-servers': of('192.0.2.66', '192.0.2.66,198.51.100.0/24'),
  },
  ipv6: {
    ...FAMILY,
    dns: of('fd00::53', 'fd00::53,2001:db8::53'),
    addresses: (random) => `fd00:1::${hex(random)}/64,fd00:2::${hex(random)}/128`,
    gateway: of('fe80::1', 'fd00:1::1', 'fd00:9::1'),
    routes: of(
      'fd10::/64 fd00:1::9 50 table=100 mtu=1400 onlink=true',
      'fd11::/64 fd00:1::9, ::/0 fe80::1 table=102, fd12::/64 type=unreachable',
    ),
    'routing-rules': of('priority 5 from fd00:1::7 table 100', 'priority 6 to fd10::/64 table 102'),
    'never-default': yesNo,
    'ip6-privacy': of('0', '1', '2'),
    'addr-gen-mode': of('eui64', 'stable-privacy', 'default'),
    'ra-timeout': upTo(5, 60),
    mtu: upTo(1280, 1500),
    'dhcp-duid': of('ll', 'stable-uuid', '00:03:00:01:52:54:00:00:00:09'),
    'dhcp-hostname': of('node7', 'node7.example'),
    'dhcp-hostname-flags': of('0x0', '0x4'),
    token: of('::7', '::1:2'),
  },
  '802-3-ethernet': {
    speed: of('1000', '100'),
    duplex: of('full', 'half'),
    'auto-negotiate': yesNo,
    'cloned-mac-address': of('52:54:00:00:09:01', 'preserve', 'stable'),
    'generate-mac-address-mask': of('FE:FF:FF:00:00:00'),
    'mac-address-blacklist': of('52:54:00:00:09:02', '52:54:00:00:09:02,52:54:00:00:09:03'),
    's390-nettype': of('qeth', 'lcs'),
    's390-options': of('layer2=1'),
    's390-subchannels': of('0.0.f5f0,0.0.f5f1,0.0.f5f2'),
    'wake-on-lan': of('magic', 'unicast,magic', 'ignore'),
    'wake-on-lan-password': of('52:54:00:00:09:04'),
    'accept-all-mac-addresses': yesNo,
    mtu: upTo(1280, 1500),
  },
  bridge: {
    'mac-address': of('52:54:00:00:09:05'),
    stp: yesNo,
    priority: upTo(0, 60),
    'forward-delay': upTo(4, 30),
    'hello-time': upTo(1, 10),
    'max-age': upTo(6, 40),
    'ageing-time': upTo(0, 900),
    'group-address': of('01:80:C2:00:00:04'),
    'group-forward-mask': of('8', '16'),
    'multicast-hash-max': of('512', '2048'),
    'multicast-last-member-count': upTo(1, 9),
    'multicast-last-member-interval': upTo(50, 200),
    'multicast-membership-interval': upTo(20_000, 30_000),
    'multicast-querier': yesNo,
    'multicast-querier-interval': upTo(20_000, 30_000),
    'multicast-query-interval': upTo(10_000, 13_000),
    'multicast-query-response-interval': upTo(500, 1500),
    'multicast-query-use-ifaddr': yesNo,
    'multicast-snooping': yesNo,
    'multicast-startup-query-count': upTo(1, 5),
    'multicast-startup-query-interval': upTo(1000, 4000),
    'multicast-router': of('auto', 'disabled', 'enabled'),
    'vlan-filtering': yesNo,
    'vlan-default-pvid': upTo(1, 99),
    'vlan-stats-enabled': yesNo,
    'vlan-protocol': of('802.1Q', '802.1ad'),
    vlans: of('5', '10-20 untagged', '7 pvid, 30-40'),
  },
  vlan: {
    flags: of('0', '1', '3', '7'),
    protocol: of('802.1Q', '802.1ad'),
    'ingress-priority-map': of('1:2', '1:2,3:4'),
    'egress-priority-map': of('4:5', '4:5,6:7'),
  },
  connection: {
    'stable-id': of('one', 'two-$'),
    'autoconnect-priority': upTo(-5, 50),
    'autoconnect-retries': upTo(0, 9),
    'autoconnect-slaves': of('0', '1', '-1'),
    'multi-connect': of('0', '1'),
    'auth-retries': upTo(1, 5),
    zone: of('internal', 'public'),
    'gateway-ping-timeout': of('0', '3'),
    metered: of('yes', 'no', 'unknown'),
    lldp: of('1', '0', 'default'),
    mdns: of('yes', 'no', 'resolve'),
    llmnr: of('yes', 'no', 'resolve'),
    'dns-over-tls': of('no', 'opportunistic'),
    'mptcp-flags': of('0x0', 'enabled,signal'),
    'mud-url': of('https://node.example/mud'),
    'wait-device-timeout': upTo(0, 3000),
    'wait-activation-delay': of('0', '20'),
  },
};

/** What says which link it is, and NetworkManager's own notes. */
const NOT_ASKED: Record<string, readonly string[]> = {
  connection: [
    'id',
    'uuid',
    'type',
    'interface-name',
    'autoconnect',
    'timestamp',
    'read-only',
    'permissions',
    'master',
    'slave-type',
    'secondaries',
  ],
  vlan: ['parent', 'id'],
  // The client itself does not set the port.
  '802-3-ethernet': ['mac-address', 'port'],
  ipv4: ['method'],
  ipv6: ['method'],
};

export type Kind = 'ethernet' | 'bond' | 'vlan' | 'bridge';

const SECTIONS: Record<Kind, string[]> = {
  ethernet: ['connection', 'ipv4', 'ipv6', '802-3-ethernet'],
  bond: ['connection', 'ipv4', 'ipv6'],
  vlan: ['connection', 'ipv4', 'ipv6', 'vlan'],
  bridge: ['connection', 'ipv4', 'ipv6', 'bridge'],
};

/** Properties of a section as the installed client names them when it is asked for one that is none. */
export async function propertiesOf(world: NetworkWorld, section: string): Promise<string[]> {
  const type = section === 'vlan' ? ['vlan', 'dev', 'em01', 'id', '5'] : ['bridge'];
  const [name = '', ...more] = type;
  const argv = ['c', 'add', 'type', name, 'con-name', 'x', 'ifname', 'x', ...more, `${section}.none`, '1'];
  const said = await world
    .inside('env', 'LC_ALL=C', 'nmcli', '--offline', ...argv)
    .catch((thrown) => String(thrown));
  return /not among \[([^\]]+)\]/.exec(said)?.[1]?.split(', ') ?? [];
}

/** Properties that no value is made for: none, on the version that this was written for. */
export async function unknownProperties(world: NetworkWorld): Promise<string[]> {
  const sections = Object.keys(PROPERTIES).map(async (section) => {
    const known = [...Object.keys(PROPERTIES[section] ?? {}), ...(NOT_ASKED[section] ?? [])];
    const all = await propertiesOf(world, section);
    if (all.length === 0) throw new Error(`nmcli names no properties of ${section}`);
    return all.filter((name) => !known.includes(name)).map((name) => `${section}.${name}`);
  });
  return (await Promise.all(sections)).flat();
}

/** Every property with a value, as far as they go together, by `section.name`. */
export function everyProperty(kind: Kind, random: () => number): Map<string, string> {
  const values = new Map<string, string>();
  for (const section of SECTIONS[kind])
    for (const [name, make] of Object.entries(PROPERTIES[section] ?? {})) {
      const value = make(random);
      if (value !== undefined) values.set(`${section}.${name}`, value);
    }
  for (const family of ['ipv4', 'ipv6']) {
    values.set(`${family}.method`, pickFrom(random, ['manual', 'auto']));
    if (values.get(`${family}.dhcp-send-hostname`) === 'no')
      for (const name of ['dhcp-hostname', 'dhcp-fqdn', 'dhcp-hostname-flags'])
        values.delete(`${family}.${name}`);
    if (values.get(`${family}.never-default`) === 'yes') values.delete(`${family}.gateway`);
  }
  if (values.has('ipv4.dhcp-fqdn')) values.delete('ipv4.dhcp-hostname');
  if (!values.has('ipv4.dhcp-fqdn')) values.delete('ipv4.dhcp-hostname-flags');
  if (!values.get('802-3-ethernet.wake-on-lan')?.includes('magic'))
    values.delete('802-3-ethernet.wake-on-lan-password');
  if (values.get('ipv6.addr-gen-mode') !== 'eui64') values.delete('ipv6.token');
  return values;
}

/** Makes the profile, which does not start. */
export async function addProfile(
  world: NetworkWorld,
  kind: Kind,
  name: string,
  values: ReadonlyMap<string, string>,
  more: string[] = [],
): Promise<void> {
  const words = [...values].flat();
  const argv = ['c', 'add', 'type', kind, 'con-name', name, 'ifname', name, 'autoconnect', 'no', ...more];
  await world.inside('nmcli', ...argv, ...words).catch((thrown) => {
    throw new Error(`${kind}: ${String(thrown).split(': Error: ').at(-1)} (${JSON.stringify([...values])})`);
  });
}

/** Attributes of a route have no order. */
const sorted = (value: string): string => (/^\w+=/.test(value) ? value.split(',').sort().join(',') : value);

/** The profile's file in NetworkManager's own words, by `section.key`, without its notes and what starts it. */
export async function keyfileOf(world: NetworkWorld, name: string): Promise<Record<string, string>> {
  const list = await world.inside('nmcli', '-t', '-f', 'NAME,FILENAME', 'c');
  const file = list
    .split('\n')
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1);
  if (file === undefined) throw new Error(`there is no profile ${name}`);
  const found: Record<string, string> = {};
  let section = '';
  for (const line of (await world.inside('cat', file)).split('\n')) {
    const [, head] = /^\[(.+)\]$/.exec(line) ?? [];
    if (head !== undefined) section = head;
    const at = line.indexOf('=');
    if (at > 0 && section !== '.nmmeta')
      found[`${section}.${line.slice(0, at)}`] = sorted(line.slice(at + 1));
  }
  for (const own of ['timestamp', 'autoconnect']) delete found[`connection.${own}`];
  return found;
}
