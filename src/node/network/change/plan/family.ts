import { canonical, sameSubnet, serverVersion, type Version, withoutZone } from '../schema/address.ts';
import type { Addressing } from '../schema/fields.ts';
import type { Family, Link, Rest } from '../schema/state.ts';

export const keyOf = (version: Version): 'ipv4' | 'ipv6' => (version === 4 ? 'ipv4' : 'ipv6');

const hostOf = (address: string): string => address.replace(/\/.*/, '');

/** Addresses set by hand. Everything that is not about them stays. */
export function byHand(now: Family, address: string, { gateway = '', more }: Addressing): Family {
  const { gateway: _, rest, ...others } = now;
  const addresses = more === undefined ? placed(now.addresses, address) : [address, ...more];
  return {
    ...others,
    method: 'manual',
    addresses,
    ...attributesOf(now, addresses),
    ...(gateway === ''
      ? { ...restOf(rest) }
      : { gateway: canonical(withoutZone(gateway)), ...restOf(rest, NO_GATEWAY) }),
  };
}

/** NetworkManager drops the gateway of a profile that says so. */
const NO_GATEWAY = ['never-default'];

/** The others stay: it takes the place of the one that is the same but for the prefix, else of the first. */
function placed(addresses: readonly string[], address: string): string[] {
  const same = addresses.findIndex((each) => hostOf(each) === hostOf(address));
  const at = Math.max(0, same);
  return [...addresses.slice(0, at), address, ...addresses.slice(at + 1)];
}

/** One more address, behind the others. */
export const withAddress = (now: Family, address: string): Family => ({
  ...now,
  method: now.method === 'auto' ? 'auto' : 'manual',
  addresses: [...now.addresses, address],
});

/** One address less; a gateway that only it led to goes with it. */
export function withoutAddress(now: Family, address: string): Family {
  const { gateway, attributes: _, ...others } = now;
  const addresses = now.addresses.filter((each) => hostOf(each) !== hostOf(address));
  const leads = (each: string) => sameSubnet(hostOf(each), Number(each.split('/')[1]), gateway ?? '');
  const stays = gateway !== undefined && (addresses.some(leads) || !now.addresses.some(leads));
  return { ...others, addresses, ...attributesOf(now, addresses), ...(stays ? { gateway } : {}) };
}

/** By DHCP or router advertisements: routes and servers set by hand stay beside those that are told. */
export function automatic({ gateway: _g, attributes: _a, ...others }: Family): Family {
  return { ...others, method: 'auto', addresses: [] };
}

/** None. What can stand without an address stays for the next one. */
export const off = ({ rest }: Family): Family => ({
  method: 'disabled',
  addresses: [],
  dns: [],
  routes: [],
  ...restOf(rest, NEEDS_ADDRESS),
});

/** NetworkManager refuses them where a family is off. */
const NEEDS_ADDRESS = ['dns-search', 'link-local'];

function restOf(rest: Rest = {}, without: readonly string[] = []): { rest?: Rest } {
  const kept = Object.entries(rest).filter(([name]) => !without.includes(name));
  return kept.length === 0 ? {} : { rest: Object.fromEntries(kept) };
}

function attributesOf(now: Family, addresses: readonly string[]): Pick<Family, 'attributes'> {
  const kept = Object.entries(now.attributes ?? {}).filter(([address]) => addresses.includes(address));
  return kept.length === 0 ? {} : { attributes: Object.fromEntries(kept) };
}

/** The servers of this family among those given; those of now when none were. */
export const serversFor = (version: Version, given: string[] | undefined, now: Family): string[] =>
  given === undefined ? now.dns : given.filter((server) => serverVersion(server) === version);

const isOff = ({ method }: Family): boolean => ['disabled', 'ignore', 'link-local'].includes(method);

/** Each family that has addresses with its servers of those given; a family that is off takes none. */
export function withServers(
  now: Pick<Link, 'ipv4' | 'ipv6'>,
  given: string[] | undefined,
): Pick<Link, 'ipv4' | 'ipv6'> {
  const one = (version: Version): Family => {
    const family = now[keyOf(version)];
    return isOff(family) ? family : { ...family, dns: serversFor(version, given, family) };
  };
  return { ipv4: one(4), ipv6: one(6) };
}

/** Servers that no family of the link could ask. */
export const strayServers = (link: Pick<Link, 'ipv4' | 'ipv6'>, given: readonly string[]): string[] =>
  given.filter((server) => isOff(link[keyOf(serverVersion(server) ?? 4)]));
