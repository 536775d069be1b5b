import { bracketed, hostAndPort } from '../../../api/host.ts';
import { canonical } from '../../network/change/schema/address.ts';

/** Settings that may hold the address of this node: with a port, or in an URL, or as they are. */
const KEYS = /^(management\.server\.ip|CloudBus\.serverIp\.\d+|DB\.url|consoleProxyOverriddenIp)$/;

/** Those that hold the one address: as they are, and with the other in its place. */
export function movedSettings(
  settings: readonly [key: string, value: string][],
  from: string,
  to: string,
): { before: Record<string, string>; after: Record<string, string> } {
  const holds = (value: string) => canonical(hostIn(value) ?? '') === canonical(from);
  const found = settings.filter(([key, value]) => KEYS.test(key) && holds(value));
  return {
    before: Object.fromEntries(found),
    after: Object.fromEntries(found.map(([key, value]) => [key, withHost(value, to)])),
  };
}

/** What comes before the first host, that host with its port, and what follows it. */
const parted = (value: string): string[] => /^(.*?:\/\/|)([^/?,]*)(.*)$/s.exec(value)?.slice(1) ?? [];

const hostIn = (value: string): string | undefined => hostAndPort(parted(value)[1] ?? '')?.host;

/** The setting with another host in it; port and whatever else stands there stay. */
export function withHost(value: string, host: string): string {
  const [start = '', at = '', rest = ''] = parted(value);
  const port = hostAndPort(at)?.port;
  if (start === '' && port === undefined && !at.startsWith('[')) return host + rest;
  return `${start}${bracketed(host)}${port === undefined ? '' : `:${port}`}${rest}`;
}
