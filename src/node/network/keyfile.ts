import { type Family, type LinkSettings, OFF, type Route } from './change/schema/state.ts';

/** What a profile says besides the link's settings. */
export interface KeyfileExtra {
  uuid: string;
  /** What the controller is, for a port. */
  controllerKind?: 'bond' | 'bridge' | undefined;
  autoconnect?: boolean;
  /** No default route by this link, whatever a lease offers. */
  neverDefault?: boolean;
  searches?: readonly string[];
}

const TYPES = { physical: 'ethernet', bond: 'bond', vlan: 'vlan', bridge: 'bridge', other: '' };

/** A new profile in NetworkManager's own file format. */
export function keyfile(link: LinkSettings, extra: KeyfileExtra): string {
  const sections = [
    connection(link, extra),
    ['[ethernet]', ...(link.mtu === undefined ? [] : [`mtu=${link.mtu}`])],
    ...kindSections(link),
    ...(link.controller === undefined ? families(link, extra) : []),
  ];
  return sections.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function connection(link: LinkSettings, { uuid, autoconnect, controllerKind }: KeyfileExtra): string[] {
  return [
    '[connection]',
    `id=${link.name}`,
    `uuid=${uuid}`,
    `type=${TYPES[link.kind]}`,
    `interface-name=${link.name}`,
    ...(autoconnect === false ? ['autoconnect=false'] : []),
    ...(link.bond === undefined && link.bridge === undefined ? [] : ['autoconnect-slaves=1']),
    ...(link.controller === undefined
      ? []
      : [`master=${link.controller}`, `slave-type=${controllerKind ?? 'bond'}`]),
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

const families = ({ ipv4 = OFF, ipv6 = OFF }: LinkSettings, extra: KeyfileExtra): string[][] => [
  ['[ipv4]', ...familyLines(ipv4, extra)],
  ['[ipv6]', ...familyLines(ipv6, extra)],
];

function familyLines(family: Family, { neverDefault, searches = [] }: KeyfileExtra): string[] {
  const gateway = family.gateway === undefined ? '' : `,${family.gateway}`;
  const used = family.method !== 'disabled';
  return [
    `method=${family.method}`,
    ...family.addresses.map((address, at) => `address${at + 1}=${address}${at === 0 ? gateway : ''}`),
    ...(family.dns.length === 0 ? [] : [`dns=${family.dns.join(';')};`]),
    ...(used && searches.length > 0 ? [`dns-search=${searches.join(';')};`] : []),
    ...(used && neverDefault === true ? ['never-default=true'] : []),
    ...family.routes.map((route, at) => `route${at + 1}=${routeText(route)}`),
  ];
}

const routeText = ({ to, via, metric }: Route): string =>
  [
    to,
    ...(via === undefined && metric === undefined ? [] : [via ?? '']),
    ...(metric === undefined ? [] : [metric]),
  ].join(',');
