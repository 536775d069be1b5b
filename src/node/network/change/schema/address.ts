import { Address4, Address6 } from 'ip-address';
import { say, type Words } from '../../../../api/words.ts';

export type Version = 4 | 6;

/** 4 or 6; undefined for what is no plain address (no prefix, no zone). */
export function versionOf(text: string): Version | undefined {
  if (/[/%]/.test(text)) return undefined;
  if (text.includes(':')) return Address6.isValid(text) ? 6 : undefined;
  return Address4.isValid(text) ? 4 : undefined;
}

/** Family of a name server: `192.0.2.53`, and as newer versions have it `192.0.2.53#name` or `dns+tls://[fd00::1]:853`. */
export function serverVersion(server: string): Version | undefined {
  const host = server.replace(/^dns\+(?:udp|tls):\/\//, '').replace(/#[^#\s]+$/, '');
  const bare = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(host)?.[1] ?? host.replace(/^([\d.]+):\d{1,5}$/, '$1');
  return versionOf(bare);
}

/** Whether a text is neither an address nor a hostname. */
export const serverProblem = (server: string): boolean =>
  versionOf(server) === undefined &&
  (/^[\d.]+$/.test(server) ||
    !/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(
      server,
    ));

/** One spelling for one address: IPv6 short and in lower case. */
export const canonical = (text: string): string =>
  versionOf(text) === 6 ? new Address6(text).correctForm() : text;

/**
 * Prefix length of `255.255.255.0`, `24` or `/24`.
 * @returns the length, or what is wrong with it.
 */
export function prefixOf(text: string, version: Version): number | Words {
  const most = version === 4 ? 32 : 128;
  const digits = /^\/?(\d{1,3})$/.exec(text)?.[1];
  if (digits !== undefined) return lengthWithin(Number(digits), most);
  if (version === 6) return say('is not a prefix length from 1 to 128', '不是 1 到 128 的前缀长度');
  if (!Address4.isValid(text) || text.includes('/'))
    return say('is neither a netmask nor a prefix length', '既不是子网掩码也不是前缀长度');
  const bits = new Address4(text).binaryZeroPad();
  if (!/^1+0*$/.test(bits)) return say('is not a netmask: its ones have holes', '不是子网掩码：1 不连续');
  return lengthWithin(bits.lastIndexOf('1') + 1, most);
}

const lengthWithin = (length: number, most: number): number | Words =>
  length >= 1 && length <= most
    ? length
    : say(`is not a prefix length from 1 to ${most}`, `不是 1 到 ${most} 的前缀长度`);

export const NO_ADDRESS = say('is not a valid IPv4 or IPv6 address', '不是有效的 IPv4 或 IPv6 地址');

/** What stands against giving this address to a link; undefined when nothing does. */
export function hostProblem(address: string, prefix: number): Words | undefined {
  const version = versionOf(address);
  if (version === undefined) return NO_ADDRESS;
  return version === 4 ? hostProblem4(address, prefix) : hostProblem6(address);
}

function hostProblem4(text: string, prefix: number): Words | undefined {
  const address = new Address4(`${text}/${prefix}`);
  const first = address.toArray()[0] ?? 0;
  if (first === 0 || first >= 240) return say('is in a reserved range', '在保留范围内');
  if (address.isLoopback()) return say('is a loopback address', '是环回地址');
  if (address.isMulticast()) return say('is a multicast address', '是组播地址');
  if (prefix > 30) return undefined;
  if (text === address.startAddress().correctForm())
    return say('is the address of the network itself (host part all zero)', '是网络地址（主机部分全为 0）');
  if (text === address.endAddress().correctForm())
    return say('is the broadcast address (host part all ones)', '是广播地址（主机部分全为 1）');
  return undefined;
}

const MAPPED = new Address6('::ffff:0:0/96');

function hostProblem6(text: string): Words | undefined {
  const address = new Address6(text);
  if (address.isMulticast()) return say('is a multicast address', '是组播地址');
  if (address.isLoopback()) return say('is the loopback address', '是环回地址');
  if (address.correctForm() === '::') return say('is the unspecified address', '是未指定地址');
  if (address.isInSubnet(MAPPED))
    return say('is an IPv4 address in IPv6 notation', '是 IPv6 写法的 IPv4 地址');
  return undefined;
}

/** Whether both are in one subnet; an IPv6 gateway may be link-local. */
export function sameSubnet(address: string, prefix: number, other: string): boolean {
  if (versionOf(address) !== versionOf(other)) return false;
  if (versionOf(address) === 4) return new Address4(other).isInSubnet(new Address4(`${address}/${prefix}`));
  return isLinkLocal(other) || new Address6(other).isInSubnet(new Address6(`${address}/${prefix}`));
}

/** An IPv6 address that only its own link knows. */
export const isLinkLocal = (text: string): boolean =>
  versionOf(text) === 6 && new Address6(text).isLinkLocal();

/** `fe80::1` of `fe80::1%em01`; other addresses have no zone and stay as they are. */
export const withoutZone = (text: string): string => text.replace(/^(fe[89ab][^%]*)%[^%/\s]{1,15}$/i, '$1');

/**
 * What is wrong with this gateway for this address; undefined when nothing is. One outside the subnet is usual where
 * the provider gives a single address, and with IPv6; elsewhere it is a slip of the finger.
 */
export function gatewayProblem(address: string, prefix: number, text: string): Words | undefined {
  const gateway = withoutZone(text);
  const version = versionOf(address);
  if (versionOf(gateway) !== version)
    return say(`is not a valid IPv${version} address`, `不是有效的 IPv${version} 地址`);
  if (canonical(gateway) === canonical(address)) return say('is the same as the address', '与地址相同');
  if (sameSubnet(address, prefix, gateway)) return hostProblem(gateway, prefix);
  if (version === 4 && prefix < 32)
    return say(`is not in one subnet with ${address}/${prefix}`, `与 ${address}/${prefix} 不在同一子网`);
  return hostProblem(gateway, version === 4 ? 32 : 128);
}
