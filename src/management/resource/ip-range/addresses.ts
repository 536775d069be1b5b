import { Address4 } from 'ip-address';
import { say, type Words } from '../../../api/words.ts';
import { isPlain, numberOf, textOf } from '../../define/ipv4.ts';

/** The numbers of a range; both ends included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A range as it is stored. */
export interface Range {
  readonly startIp: string;
  readonly endIp: string;
  readonly netmask: string;
  readonly gateway: string;
  readonly networkCidr: string;
}

/** What is wrong with a range, and which of its fields it is. */
export interface Problem {
  readonly field: string;
  readonly words: Words;
}

export const spanOf = ({ startIp, endIp }: Pick<Range, 'startIp' | 'endIp'>): Span => ({
  start: numberOf(startIp) ?? 0,
  end: numberOf(endIp) ?? -1,
});

export const size = ({ start, end }: Span): number => end - start + 1;

export const overlap = (a: Span, b: Span): boolean => a.start <= b.end && b.start <= a.end;

/** The length of a netmask's prefix, 1 to 30; undefined for what is no such netmask. */
function prefixOf(netmask: string): number | undefined {
  const number = numberOf(netmask);
  const bits = number === undefined ? '' : number.toString(2).padStart(32, '0');
  const length = /^(1+)0{2,}$/.exec(bits)?.[1]?.length;
  return length;
}

const problem = (field: string, en: string, zh: string): Problem => ({ field, words: say(en, zh) });

/** A network's first and last address: the network itself and its broadcast. */
function network(address: string, prefix: number): Span & { readonly cidr: string } {
  const of = new Address4(`${address}/${prefix}`);
  const start = Number(of.startAddress().bigInt());
  return { start, end: Number(of.endAddress().bigInt()), cidr: `${textOf(start)}/${prefix}` };
}

/** The range that is given, or what is wrong with it. */
export function rangeOf(given: Omit<Range, 'networkCidr'>): Range | Problem {
  for (const field of ['startIp', 'endIp', 'gateway'] as const)
    if (numberOf(given[field]) === undefined)
      return problem(field, `${given[field]} is no IPv4 address`, `${given[field]} 不是 IPv4 地址`);
  const prefix = prefixOf(given.netmask);
  if (prefix === undefined)
    return problem(
      'netmask',
      `${given.netmask} is no netmask of a network with hosts`,
      `${given.netmask} 不是有主机的网络的子网掩码`,
    );
  const { cidr, ...around } = network(given.startIp, prefix);
  return insideProblem(given, around, cidr) ?? { ...given, networkCidr: cidr };
}

function insideProblem(given: Omit<Range, 'networkCidr'>, around: Span, cidr: string): Problem | undefined {
  const { start, end } = spanOf(given);
  const gateway = numberOf(given.gateway) ?? 0;
  const within = (number: number) => number > around.start && number < around.end;
  if (!isUsable(start)) return problem('startIp', 'is in a reserved range', '在保留范围内');
  if (start > end) return problem('endIp', 'is below startIp', '小于 startIp');
  if (!within(start)) return problem('startIp', `is no host of ${cidr}`, `不是 ${cidr} 的主机地址`);
  if (!within(end)) return problem('endIp', `is no host of ${cidr}`, `不是 ${cidr} 的主机地址`);
  if (!within(gateway)) return problem('gateway', `is no host of ${cidr}`, `不是 ${cidr} 的主机地址`);
  return gateway >= start && gateway <= end
    ? problem('gateway', 'is inside the range: VMs would get it', '在地址范围之内，会被分配给云主机')
    : undefined;
}

/** Not 0/8, loopback, multicast or above. */
function isUsable(number: number): boolean {
  const first = Math.floor(number / 2 ** 24);
  return first > 0 && first !== 127 && first < 224;
}

/** The range of a whole network: the first host is the gateway, all others are given out. */
export function rangeOfCidr(cidr: string): Range | Problem {
  const [address = '', length = ''] = cidr.split('/');
  const prefix = Number(length);
  if (!isPlain(address) || !/^\d{1,2}$/.test(length) || prefix < 1 || prefix > 30)
    return problem(
      'networkCidr',
      `${cidr} is no network such as 192.168.1.0/24`,
      `${cidr} 不是网络（例如 192.168.1.0/24）`,
    );
  const { start, end } = network(address, prefix);
  const range = rangeOf({
    startIp: textOf(start + 2),
    endIp: textOf(end - 1),
    netmask: maskOf(prefix),
    gateway: textOf(start + 1),
  });
  return 'field' in range ? { ...range, field: 'networkCidr' } : range;
}

const maskOf = (prefix: number): string => textOf(2 ** 32 - 2 ** (32 - prefix));
