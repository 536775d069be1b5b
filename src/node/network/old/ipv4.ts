import { Address4 } from 'ip-address';
import { say } from '../../../api/words.ts';
import { prefixOf, sameSubnet, versionOf } from '../change/schema/address.ts';
import type { Ifcfg } from './ifcfg.ts';
import type { Keys } from './keys.ts';
import { valueWords } from './problem.ts';
import type { Sections } from './profile.ts';
import { type OldRoute, routeKeys } from './routes.ts';
import { ruleKeys } from './routing-rules.ts';

/** What is known of one family besides the link's own file. */
export interface FamilyContext {
  device: string | undefined;
  /** Of further files: `192.0.2.5/24`. */
  more: readonly string[];
  routes: readonly OldRoute[];
  rules: readonly string[];
  /** `/etc/sysconfig/network`. */
  machine: Ifcfg;
}

export interface Family4 {
  section: Sections[string];
  gateway: string | undefined;
  /** The machine's own gateway is this link's. */
  hasMachineGateway: boolean;
}

const METHODS: Record<string, string> = {
  '': 'manual',
  none: 'manual',
  static: 'manual',
  dhcp: 'auto',
  bootp: 'auto',
  autoip: 'link-local',
  shared: 'shared',
};

/** Addressing of the family, with everything that the file says of it. */
export function family4(keys: Keys, context: FamilyContext): Family4 {
  const addresses = [...addresses4(keys), ...context.more];
  const method = methodOf(keys, addresses);
  const gateway = gatewayOf(keys, method, addresses, context);
  const lines = { ...routeKeys(gateway.routes), ...ruleKeys(context.rules) };
  const settings = { ...leaseKeys(keys), ...commonKeys(keys), ...dnsKeys(keys, method) };
  if (method === 'disabled' && (Object.keys(lines).length > 0 || settings.dns !== undefined))
    keys.refuse(
      'IPADDR',
      say('is not set, and routes or name servers need it', '未设置，但路由或 DNS 需要它'),
    );
  const own = keys.text('GATEWAY') ?? keys.settings.GATEWAY0;
  return {
    section: {
      method,
      ...addressKeys(addresses, gateway.gateway),
      ...(gateway.never ? { 'never-default': true } : {}),
      ...(method === 'disabled' ? {} : settings),
      ...lines,
    },
    gateway: gateway.gateway,
    hasMachineGateway:
      own === undefined && gateway.gateway !== undefined && gateway.gateway === context.machine.GATEWAY,
  };
}

/** The gateway stands beside the first address, where NetworkManager writes it too. */
export const addressKeys = (addresses: readonly string[], gateway: string | undefined): Sections[string] =>
  Object.fromEntries(
    addresses.map((address, at) => [
      `address${at + 1}`,
      at === 0 && gateway !== undefined ? `${address},${gateway}` : address,
    ]),
  );

function methodOf(keys: Keys, addresses: readonly string[]): string {
  const proto = (keys.text('BOOTPROTO') ?? '').toLowerCase();
  const method = METHODS[proto];
  if (method === undefined) keys.refuse('BOOTPROTO', valueWords(proto));
  if (method === 'manual') return addresses.length === 0 ? 'disabled' : 'manual';
  // The scripts ask for a lease alone, NetworkManager for both.
  if (method === 'auto' && addresses.length > 0)
    keys.refuse('IPADDR', say('stands beside BOOTPROTO=dhcp', '与 BOOTPROTO=dhcp 并存'));
  return method ?? 'disabled';
}

/** `IPADDR`, `IPADDR0`, `IPADDR1`, ... with their prefixes. */
export function addresses4(keys: Keys): string[] {
  const endings = keys.endings('IPADDR');
  for (const key of ['PREFIX', 'NETMASK', 'BROADCAST', 'NETWORK'])
    for (const ending of endings.length === 0 ? [''] : endings) keys.pass(`${key}${ending}`);
  return endings.flatMap((ending) => addressOf(keys, ending) ?? []);
}

function addressOf(keys: Keys, ending: string): string | undefined {
  const text = keys.text(`IPADDR${ending}`) ?? '';
  const [address = '', within, more] = text.split('/');
  if (more !== undefined || versionOf(address) !== 4) return keys.refuse(`IPADDR${ending}`, valueWords(text));
  const prefix =
    prefixWith(keys, ending, within) ?? (hasNoPrefix(keys, ending) ? classOf(address) : undefined);
  if (prefix === undefined) return undefined;
  checkRest(keys, ending, new Address4(`${address}/${prefix}`));
  return `${address}/${prefix}`;
}

const hasNoPrefix = ({ settings }: Keys, ending: string): boolean =>
  !settings[`PREFIX${ending}`] && !settings[`NETMASK${ending}`];

/** By any of the three ways to say it. `PREFIX` goes before `NETMASK`; one within the address has to be the same. */
function prefixWith(keys: Keys, ending: string, within: string | undefined): number | undefined {
  const key = keys.settings[`PREFIX${ending}`] ? `PREFIX${ending}` : `NETMASK${ending}`;
  const beside = keys.text(key);
  const found = [within, beside].filter((text) => text !== undefined).map((text) => prefixOf(text, 4));
  const [first, second] = found;
  if (found.length === 0) return undefined;
  if (typeof first === 'number' && (second === undefined || second === first)) return first;
  return keys.refuse(beside === undefined ? `IPADDR${ending}` : key, valueWords(beside ?? within ?? ''));
}

/** The mask that the scripts take when none is given: that of the address's class. */
function classOf(address: string): number | undefined {
  const first = Number(address.split('.')[0]);
  if (first < 128) return 8;
  if (first < 192) return 16;
  return first < 224 ? 24 : undefined;
}

/** Network and broadcast follow from the address; others than those would be lost. */
function checkRest(keys: Keys, ending: string, address: Address4): void {
  const said = [
    ['NETWORK', address.startAddress().correctForm()],
    ['BROADCAST', address.endAddress().correctForm()],
  ] as const;
  for (const [key, right] of said) {
    const text = keys.text(`${key}${ending}`);
    if (text !== undefined && text !== right) keys.refuse(`${key}${ending}`, valueWords(text));
  }
}

interface Gateway {
  gateway?: string;
  never: boolean;
  routes: readonly OldRoute[];
}

/** The default route: of the file, of its routes, or of the whole machine. */
function gatewayOf(
  keys: Keys,
  method: string,
  addresses: readonly string[],
  context: FamilyContext,
): Gateway {
  const off = keys.yes('DEFROUTE') === false;
  const own = ownGateway(keys);
  const { GATEWAYDEV: ofMachine, GATEWAY: machineGateway } = context.machine;
  const owner = keys.text('GATEWAYDEV') ?? ofMachine;
  const elsewhere = owner !== undefined && owner !== context.device;
  const isDefault = (route: OldRoute) => /^(0\.0\.0\.0|::)\/0$/.test(route.to);
  const isMain = (route: OldRoute) => isDefault(route) && route.options.table === undefined;
  const fromRoute = context.routes.find(isMain);
  if (own !== undefined && method === 'auto')
    keys.refuse('GATEWAY', say('stands beside BOOTPROTO=dhcp', '与 BOOTPROTO=dhcp 并存'));
  if ((off || elsewhere) && fromRoute !== undefined && method === 'auto')
    keys.refuse(
      'DEFROUTE',
      say('speaks against the default route of the route file', '与路由文件中的默认路由矛盾'),
    );
  if (off || elsewhere) return { never: fromRoute === undefined, routes: context.routes };
  if (method !== 'manual') return { never: false, routes: context.routes };
  const gateway =
    own ?? (isOnLink(machineGateway, addresses, owner, context.device) ? machineGateway : undefined);
  return withRoute(keys, gateway, fromRoute, context.routes);
}

/** The machine's gateway belongs to the link that is named for it, else to that in whose network it is. */
const isOnLink = (
  gateway: string | undefined,
  addresses: readonly string[],
  owner: string | undefined,
  device: string | undefined,
): boolean =>
  gateway !== undefined &&
  ((owner !== undefined && owner === device) ||
    addresses.slice(0, 1).some((address) => {
      const [host = '', prefix] = address.split('/');
      return versionOf(gateway) === 4 && sameSubnet(host, Number(prefix), gateway);
    }));

function ownGateway(keys: Keys): string | undefined {
  const gateways = keys.endings('GATEWAY').map((ending) => keys.address(`GATEWAY${ending}`, 4));
  const [first, ...others] = gateways;
  const differs = others.findIndex((other) => other !== first);
  if (differs >= 0)
    keys.refuse(`GATEWAY${keys.endings('GATEWAY')[differs + 1]}`, say('is a second gateway', '是第二个网关'));
  return first;
}

/** A plain default route of the route file is the link's gateway, and no other one may stand beside it. */
function withRoute(
  keys: Keys,
  gateway: string | undefined,
  route: OldRoute | undefined,
  routes: readonly OldRoute[],
): Gateway {
  if (route === undefined) return { ...(gateway === undefined ? {} : { gateway }), never: false, routes };
  const isPlain =
    route.metric === undefined && Object.keys(route.options).length === 0 && route.via !== undefined;
  if (gateway !== undefined && (!isPlain || route.via !== gateway)) {
    keys.refuse(
      'GATEWAY',
      say('speaks against the default route of the route file', '与路由文件中的默认路由矛盾'),
    );
    return { never: false, routes };
  }
  if (!isPlain) return { never: false, routes };
  return { gateway: route.via ?? '', never: false, routes: routes.filter((other) => other !== route) };
}

const HOST = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,252}[A-Za-z0-9])?$/;

/** What a lease is asked for, and what of it is taken. */
function leaseKeys(keys: Keys): Sections[string] {
  const sends = keys.yes('DHCP_SEND_HOSTNAME');
  const wait = keys.number('ARPING_WAIT', 0, 30);
  return {
    'dhcp-hostname': keys.like('DHCP_HOSTNAME', HOST),
    'dhcp-fqdn': keys.like('DHCP_FQDN', HOST),
    'dhcp-send-hostname': sends === false ? false : undefined,
    'dhcp-client-id': keys.like('DHCP_CLIENT_ID', /^[A-Za-z0-9:._-]{1,128}$/),
    'dhcp-timeout': keys.number('IPV4_DHCP_TIMEOUT', 1, 0x7fffffff),
    'dad-timeout': wait === undefined ? undefined : wait * 1000,
    'ignore-auto-dns': keys.yes('PEERDNS') === false ? true : undefined,
    'ignore-auto-routes': keys.yes('PEERROUTES') === false ? true : undefined,
  };
}

function commonKeys(keys: Keys): Sections[string] {
  return {
    'may-fail': keys.yes('IPV4_FAILURE_FATAL') === true ? false : undefined,
    'route-metric': keys.number('IPV4_ROUTE_METRIC', 0, 0xffffffff) ?? keys.number('METRIC', 0, 0xffffffff),
    'route-table': keys.number('IPV4_ROUTE_TABLE', 1, 0xffffffff),
    'dns-priority': keys.like('IPV4_DNS_PRIORITY', /^-?[1-9]\d{0,8}$/),
    'dns-options': optionsOf(keys, 'RES_OPTIONS'),
  };
}

export function optionsOf(keys: Keys, key: string): string | undefined {
  const text = keys.like(key, /^[a-z0-9:\s-]+$/);
  return text === undefined ? undefined : `${text.split(/\s+/).join(';')};`;
}

const dnsKeys = (keys: Keys, method: string): Sections[string] => ({
  dns: serversOf(keys, 4),
  'dns-search': method === 'disabled' ? undefined : searchesOf(keys, 'DOMAIN'),
});

/** Name servers of one family among `DNS1`, `DNS2`, ... */
export function serversOf(keys: Keys, version: 4 | 6): string | undefined {
  const servers = keys.endings('DNS').flatMap((ending) => {
    const text = keys.text(`DNS${ending}`) ?? '';
    const found = versionOf(text);
    if (found === undefined && version === 4) keys.refuse(`DNS${ending}`, valueWords(text));
    return found === version ? [text] : [];
  });
  return servers.length === 0 ? undefined : `${[...new Set(servers)].join(';')};`;
}

export function searchesOf(keys: Keys, key: string): string | undefined {
  const text = keys.like(key, /^[A-Za-z0-9._~\s,-]+$/);
  const words = (text ?? '').split(/[\s,]+/).filter((word) => word !== '');
  return words.length === 0 ? undefined : `${words.join(';')};`;
}
