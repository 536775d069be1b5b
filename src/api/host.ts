import { isIPv6 } from 'node:net';

/** A host as it stands in an URL or before a port: an IPv6 address in brackets. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/**
 * Takes `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT` apart. Of an IPv6 address without brackets all is the address,
 * unless it is one only without what then is its port. Undefined for anything else. Nothing is said of whether there is
 * such a host.
 */
export function hostAndPort(text: string): { host: string; port?: number } | undefined {
  if (isIPv6(text)) return { host: text };
  const [, inside, plain = '', port] = /^(?:\[([^[\]]+)\]|([^[\]]+?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = inside ?? plain;
  const isHost = inside === undefined ? host !== '' && (!host.includes(':') || isIPv6(host)) : isIPv6(inside);
  if (!isHost) return undefined;
  return port === undefined ? { host } : { host, port: Number(port) };
}
