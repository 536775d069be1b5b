import { say } from '../../../api/words.ts';
import { versionOf } from '../change/schema/address.ts';
import { isNo } from '../ifcfg.ts';
import type { FamilyContext } from './gateway4.ts';
import { addressKeys, optionsOf, searchesOf, serversOf } from './ipv4.ts';
import type { Keys } from './keys.ts';
import { valueWords } from './problem.ts';
import type { Sections } from './profile.ts';
import { type OldRoute, routeKeys } from './routes.ts';
import { ruleKeys } from './routing-rules.ts';

/** Every key of the family, for a link on which it is off. */
export const KEYS6 = [
  'IPV6INIT',
  'IPV6_DISABLED',
  'IPV6ADDR',
  'IPV6ADDR_SECONDARIES',
  'IPV6_AUTOCONF',
  'IPV6_DEFAULTGW',
  'IPV6_DEFAULTDEV',
  'IPV6_DEFROUTE',
  'IPV6_PEERDNS',
  'IPV6_PEERROUTES',
  'IPV6_FAILURE_FATAL',
  'IPV6_ROUTE_METRIC',
  'IPV6_ADDR_GEN_MODE',
  'IPV6_PRIVACY',
  'IPV6_TOKEN',
  'IPV6_MTU',
  'IPV6_DOMAIN',
  'DHCPV6C',
];

/** @param other whether IPv4 is off: search domains are then said here. */
export function family6(keys: Keys, context: FamilyContext, other: boolean): Sections[string] {
  const method = methodOf(keys, context);
  const lines = { ...routeKeys(context.routes), ...ruleKeys(context.rules) };
  const dns = serversOf(keys, 6);
  if (method === 'disabled') {
    keys.pass(...KEYS6);
    if (Object.keys(lines).length > 0 || dns !== undefined)
      keys.refuse(
        'IPV6INIT',
        say('is off, and routes or name servers need it', '为关闭，但路由或 DNS 需要它'),
      );
    return { method };
  }
  const addresses = addresses6(keys);
  const gateway = gatewayOf(keys, addresses, context);
  const automatic = method === 'auto' || method === 'dhcp';
  return {
    method,
    ...addressKeys(addresses, gateway.gateway),
    ...(gateway.never ? { 'never-default': true } : {}),
    'ignore-auto-dns': keys.yes('IPV6_PEERDNS') === false ? true : undefined,
    'ignore-auto-routes': keys.yes('IPV6_PEERROUTES') === false ? true : undefined,
    'may-fail': keys.yes('IPV6_FAILURE_FATAL') === true ? false : undefined,
    'route-metric': keys.number('IPV6_ROUTE_METRIC', 0, 0xffffffff),
    ...generationKeys(keys, automatic),
    mtu: keys.number('IPV6_MTU', 1280, 65535),
    dns,
    'dns-search': searchesOf(keys, 'IPV6_DOMAIN') ?? (other ? searchesOf(keys, 'DOMAIN') : undefined),
    'dns-options': other ? optionsOf(keys, 'RES_OPTIONS') : undefined,
    ...routeKeys([...gateway.routes, ...context.routes]),
    ...ruleKeys(context.rules),
  };
}

function methodOf(keys: Keys, { machine }: FamilyContext): string {
  const on = keys.yes('IPV6INIT') ?? !isNo(machine.IPV6INIT);
  if (!on || keys.yes('IPV6_DISABLED') === true || isNo(machine.NETWORKING_IPV6)) return 'disabled';
  const autoconf = keys.yes('IPV6_AUTOCONF') ?? !isNo(machine.IPV6_AUTOCONF);
  const leased = keys.yes('DHCPV6C') === true;
  if (autoconf) return 'auto';
  if (leased) return 'dhcp';
  return keys.settings.IPV6ADDR ? 'manual' : 'link-local';
}

function addresses6(keys: Keys): string[] {
  const texts = [
    ...['IPV6ADDR', 'IPV6ADDR_SECONDARIES'].map((key) => [key, keys.text(key) ?? ''] as const),
  ].flatMap(([key, text]) => text.split(/[\s,]+/).map((word) => [key, word] as const));
  return texts.flatMap(([key, text]) => {
    if (text === '') return [];
    const [address = '', prefix = '64', more] = text.split('/');
    const good = more === undefined && versionOf(address) === 6 && /^\d{1,3}$/.test(prefix);
    if (!good || Number(prefix) < 1 || Number(prefix) > 128) keys.refuse(key, valueWords(text));
    return good ? [`${address}/${prefix}`] : [];
  });
}

interface Gateway6 {
  gateway?: string;
  never: boolean;
  routes: OldRoute[];
}

function gatewayOf(keys: Keys, addresses: readonly string[], context: FamilyContext): Gateway6 {
  const { device, machine } = context;
  const never = keys.yes('IPV6_DEFROUTE') === false;
  const [own = '', zone] = (keys.text('IPV6_DEFAULTGW') ?? '').split('%');
  const owner = keys.text('IPV6_DEFAULTDEV') ?? machine.IPV6_DEFAULTDEV;
  const [ofMachine = '', machineZone] = (machine.IPV6_DEFAULTGW ?? '').split('%');
  const text = own || ((owner ?? machineZone) === device && device !== undefined ? ofMachine : '');
  if (text !== '' && versionOf(text) !== 6) keys.refuse('IPV6_DEFAULTGW', valueWords(text));
  if (zone !== undefined && zone !== device) keys.refuse('IPV6_DEFAULTGW', valueWords(`${own}%${zone}`));
  if (never || (owner !== undefined && owner !== device)) return { never: true, routes: [] };
  if (text === '') return { never: false, routes: [] };
  // A gateway stands beside an address; without one of its own it is a route like others.
  if (addresses.length > 0) return { gateway: text, never: false, routes: [] };
  return { never: false, routes: [{ to: '::/0', via: text, options: {} }] };
}

/** How the link makes its own addresses: the scripts left that to the kernel, which takes the MAC address. */
function generationKeys(keys: Keys, automatic: boolean): Sections[string] {
  const mode = keys
    .like('IPV6_ADDR_GEN_MODE', /^(eui64|stable-privacy|default|default-or-eui64)$/i)
    ?.toLowerCase();
  const privacy = keys.like('IPV6_PRIVACY', /^(no|rfc3041|rfc4941|yes|disabled|unknown)$/i)?.toLowerCase();
  const prefersPublic = keys.yes('IPV6_PRIVACY_PREFER_PUBLIC_IP');
  const PRIVACY: Record<string, number> = { no: 0, disabled: 0, rfc3041: 2, rfc4941: 2, yes: 2 };
  const level = PRIVACY[privacy ?? ''];
  return {
    'addr-gen-mode': automatic || mode !== undefined ? generation(mode) : undefined,
    'ip6-privacy': level === 2 && prefersPublic === true ? 1 : level,
    token: keys.like('IPV6_TOKEN', /^::[0-9a-f:]+$/i),
  };
}

const generation = (mode: string | undefined): string =>
  mode === 'stable-privacy' || mode === 'eui64' ? mode : mode === 'default' ? 'stable-privacy' : 'eui64';
