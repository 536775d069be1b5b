import { Address4 } from 'ip-address';
import type { Lease } from './schema.ts';

/** What a DHCP server of one network answers. */
export interface DhcpNetwork {
  l2: string;
  server: string;
  prefix: number;
  gateway?: string | undefined;
  dns: string[];
  domain?: string | undefined;
  mtu: number;
  leases: Lease[];
}

/** The server's end of the link to the bridge, in its own namespace. */
export const INSIDE = 'dhcp0';

/** Mark of the leases that give a guest its default route. */
const ROUTE = 'route';

/**
 * dnsmasq's configuration: no name service, no lease but the fixed ones, which never end, and no word to whoever has
 * none; so it need not keep any, and nobody comes back to the one address that all hosts' servers share. All of it is in
 * one text, which is read before root's rights are dropped. @param pid file for its number
 */
export function configText(network: DhcpNetwork, pid: string): string {
  const subnet = new Address4(`${network.server}/${network.prefix}`);
  const mask = Address4.fromHex(maskHex(network.prefix)).correctForm();
  const lines = [
    'port=0',
    'no-ping',
    'leasefile-ro',
    'quiet-dhcp',
    `interface=${INSIDE}`,
    'bind-dynamic',
    `dhcp-range=${subnet.startAddress().correctForm()},static,${mask},infinite`,
    'dhcp-ignore=tag:!known',
    'dhcp-authoritative',
    ...network.leases.map(hostLine),
    `pid-file=${pid}`,
    `dhcp-option=option:mtu,${network.mtu}`,
    ...optional('dhcp-option=option:domain-name', network.domain),
    ...optional(`dhcp-option=tag:${ROUTE},option:router`, network.gateway),
    ...optional(`dhcp-option=tag:${ROUTE},option:dns-server`, network.dns.join(',') || undefined),
    // An option without a value is not sent; without these two dnsmasq would name itself.
    `dhcp-option=tag:!${ROUTE},option:router`,
    `dhcp-option=tag:!${ROUTE},option:dns-server`,
    ...(network.gateway === undefined ? ['dhcp-option=option:router'] : []),
    ...(network.dns.length === 0 ? ['dhcp-option=option:dns-server'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const maskHex = (prefix: number): string => (2 ** 32 - 2 ** (32 - prefix)).toString(16).padStart(8, '0');

const optional = (key: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`${key},${value}`];

function hostLine({ mac, ip, hostname, isDefault }: Lease): string {
  const name = hostname ?? ip.replaceAll('.', '-');
  return `dhcp-host=${[mac, ...(isDefault ? [`set:${ROUTE}`] : []), ip, name, 'infinite'].join(',')}`;
}
