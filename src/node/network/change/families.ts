import { isDeepStrictEqual } from 'node:util';
import { Address6 } from 'ip-address';
import { type Section, Value } from '../../../system/networkmanager/bus.ts';
import { list, number, text } from '../../../system/networkmanager/objects.ts';
import { sectionOf } from '../../../system/networkmanager/plain.ts';
import { restOfSection } from './rest.ts';
import { versionOf } from './schema/address.ts';
import { type Family, type Method, OFF, type Rest, type Route } from './schema/state.ts';

/** Keys that are ours; those of older versions say the same again. */
const OURS = ['method', 'address-data', 'addresses', 'gateway', 'dns', 'dns-data', 'route-data', 'routes'];

/** A profile's `ipv4` or `ipv6` section in our words. */
export function familyOf(section: Section | undefined, version: 4 | 6): Family {
  if (section === undefined) return OFF;
  const gateway = text(section.gateway);
  const entries = list(section['address-data']);
  const attributes = attributesOf(entries);
  const rest = restOfSection(section, OURS);
  return {
    method: (text(section.method) || 'disabled') as Method,
    addresses: entries.map(addressOf),
    ...(gateway === '' ? {} : { gateway }),
    dns: dnsOf(section, version),
    routes: list(section['route-data']).map(routeOf),
    ...(attributes === undefined ? {} : { attributes }),
    ...(rest === undefined ? {} : { rest }),
  };
}

const addressOf = (entry: Section): string => `${text(entry.address)}/${number(entry.prefix)}`;

function attributesOf(entries: readonly Section[]): Record<string, Rest> | undefined {
  const found = entries.flatMap((entry) => {
    const rest = restOfSection(entry, ['address', 'prefix']);
    return rest === undefined ? [] : [[addressOf(entry), rest] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function routeOf(entry: Section): Route {
  const via = text(entry['next-hop']);
  const metric = entry.metric === undefined ? undefined : number(entry.metric);
  const rest = restOfSection(entry, ['dest', 'prefix', 'next-hop', 'metric']);
  return {
    to: `${text(entry.dest)}/${number(entry.prefix)}`,
    ...(via === '' ? {} : { via }),
    ...(metric === undefined ? {} : { metric }),
    ...(rest === undefined ? {} : { rest }),
  };
}

/** Newer versions name the servers in text, all have them in binary. */
function dnsOf(section: Section, version: 4 | 6): string[] {
  const data = section['dns-data']?.value;
  if (Array.isArray(data)) return data as string[];
  const servers = section.dns?.value;
  if (!Array.isArray(servers)) return [];
  return version === 4
    ? (servers as number[]).map(ipv4Text)
    : (servers as Uint8Array[]).map((bytes) => Address6.fromByteArray([...bytes]).correctForm());
}

/** An address in network order, read as a number by a little-endian machine. */
const ipv4Text = (bits: number): string =>
  [bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255, bits >>> 24].join('.');
const ipv4Number = (address: string): number => Buffer.from(address.split('.').map(Number)).readUInt32LE(0);

/** The section that says this; the one that was there where it says the same. */
export function familyWith(before: Section, family: Family, version: 4 | 6): Section {
  if (before.method !== undefined && isDeepStrictEqual(familyOf(before, version), family)) return before;
  const attributes = (address: string) => family.attributes?.[address] ?? {};
  return {
    ...sectionOf(family.rest ?? {}),
    method: new Value('s', family.method),
    'address-data': new Value(
      'aa{sv}',
      family.addresses.map((address) => ({ ...sectionOf(attributes(address)), ...addressEntry(address) })),
    ),
    'route-data': new Value('aa{sv}', family.routes.map(routeEntry)),
    ...dnsSection(family.dns, version),
    ...(family.gateway === undefined ? {} : { gateway: new Value('s', family.gateway) }),
  };
}

const addressEntry = (address: string): Section => {
  const [host = '', prefix = ''] = address.split('/');
  return { address: new Value('s', host), prefix: new Value('u', Number(prefix)) };
};

const routeEntry = (route: Route): Section => {
  const [dest = '', prefix = ''] = route.to.split('/');
  return {
    ...sectionOf(route.rest ?? {}),
    dest: new Value('s', dest),
    prefix: new Value('u', Number(prefix)),
    ...(route.via === undefined ? {} : { 'next-hop': new Value('s', route.via) }),
    ...(route.metric === undefined ? {} : { metric: new Value('u', route.metric) }),
  };
};

/** A server with a name or a protocol was told in text, and goes back so; all versions take plain ones in binary. */
function dnsSection(dns: string[], version: 4 | 6): Section {
  if (dns.some((server) => versionOf(server) !== version)) return { 'dns-data': new Value('as', dns) };
  const servers =
    version === 4
      ? new Value('au', dns.map(ipv4Number))
      : new Value(
          'aay',
          dns.map((server) => Buffer.from(new Address6(server).toByteArray())),
        );
  return { dns: servers };
}
