import { type Family, type LinkSettings, OFF, type Route } from './change/schema/state.ts';

/** What a profile says besides the link's settings. */
export interface KeyfileExtra {
  uuid: string;
}

const TYPES = { physical: 'ethernet', bond: 'bond', vlan: 'vlan', bridge: 'bridge', other: '' };

/** A new profile in NetworkManager's own file format. A link that has a controller is a bond's port, without addresses. */
export function keyfile(link: LinkSettings, extra: KeyfileExtra): string {
  const sections = [
    connection(link, extra),
    ['[ethernet]', ...(link.mtu === undefined ? [] : [`mtu=${link.mtu}`])],
    ...kindSections(link),
    ...(link.controller === undefined ? families(link) : []),
  ];
  return sections.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function connection(link: LinkSettings, { uuid }: KeyfileExtra): string[] {
  return [
    '[connection]',
    `id=${link.name}`,
    `uuid=${uuid}`,
    `type=${TYPES[link.kind]}`,
    `interface-name=${link.name}`,
    // As every NetworkManager reads it; `controller` and `port-type` are new ones' words.
    ...(link.controller === undefined ? [] : [`master=${link.controller}`, 'slave-type=bond']),
    ...(link.bond === undefined && link.bridge === undefined ? [] : ['autoconnect-slaves=1']),
  ];
}

function kindSections({ bond, vlan, bridge }: LinkSettings): string[][] {
  const options = Object.entries(bond?.options ?? {}).map(([key, value]) => `${key}=${value}`);
  return [
    ...(bond === undefined ? [] : [['[bond]', `mode=${bond.mode}`, ...options]]),
    ...(vlan === undefined ? [] : [['[vlan]', 'flags=1', `id=${vlan.id}`, `parent=${vlan.parent}`]]),
    ...(bridge === undefined ? [] : [['[bridge]', `stp=${bridge.stp}`]]),
  ];
}

const families = ({ ipv4 = OFF, ipv6 = OFF }: LinkSettings): string[][] => [
  ['[ipv4]', ...familyLines(ipv4)],
  ['[ipv6]', ...familyLines(ipv6)],
];

function familyLines(family: Family): string[] {
  const gateway = family.gateway === undefined ? '' : `,${family.gateway}`;
  return [
    `method=${family.method}`,
    ...family.addresses.map((address, at) => `address${at + 1}=${address}${at === 0 ? gateway : ''}`),
    ...(family.dns.length === 0 ? [] : [`dns=${family.dns.join(';')};`]),
    ...family.routes.map((route, at) => `route${at + 1}=${routeText(route)}`),
  ];
}

const routeText = ({ to, via, metric }: Route): string =>
  [
    to,
    ...(via === undefined && metric === undefined ? [] : [via ?? '']),
    ...(metric === undefined ? [] : [metric]),
  ].join(',');
