import { say } from '../../../api/words.ts';
import { versionOf } from '../change/schema/address.ts';
import { addresses4 } from './addresses4.ts';
import { type FamilyContext, gatewayOf } from './gateway4.ts';
import type { Keys } from './keys.ts';
import { valueWords } from './problem.ts';
import type { Sections } from './profile.ts';
import { routeKeys } from './routes.ts';
import { ruleKeys } from './routing-rules.ts';

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
