import { z } from 'zod';
import { ruled } from '../../../../api/ruled.ts';
import { say, type Words } from '../../../../api/words.ts';
import {
  canonical,
  gatewayProblem,
  hostProblem,
  NO_ADDRESS,
  prefixOf,
  serverVersion,
  type Version,
  versionOf,
} from './address.ts';
import { asListed, bondMode, optionsProblem } from './bond.ts';
import { nameProblem, newNameProblem } from './names.ts';

interface Context {
  addIssue(issue: { code: 'custom'; path: string[]; message: string; params: { words: Words } }): void;
}

/** Reports what is wrong with one field; `params.words` carries it in every language. */
export const report = (context: Context, field: string, words: Words): void =>
  context.addIssue({ code: 'custom', path: [field], message: words.en, params: { words } });

export const linkName = ruled(nameProblem);
/** A hardware address as the kernel writes it. */
export const MAC = /^([\da-f]{2}:){5}[\da-f]{2}$/;
/** Of a link, or of a NIC that only its MAC address tells. */
export const linkNameOrMac = ruled((text) => (MAC.test(text) ? undefined : nameProblem(text)));
/** Of a link that is to get this name. */
export const newName = (kind: Parameters<typeof newNameProblem>[1]) =>
  ruled((name) => newNameProblem(name, kind));

const ruledNumber = (problem: (value: number) => Words | undefined) =>
  z.coerce
    .number()
    .int()
    .check(({ value, issues }) => {
      const words = problem(value);
      if (words !== undefined)
        issues.push({ code: 'custom', input: value, message: words.en, params: { words } });
    });

export const vlanId = ruledNumber((id) => (id >= 1 && id <= 4094 ? undefined : NO_VLAN));
const NO_VLAN = say('is not from 1 to 4094', '不在 1 到 4094 之间');

export const mtu = ruledNumber((bytes) => (bytes < 68 ? TOO_SMALL : bytes > 65_535 ? TOO_LARGE : undefined));
const TOO_SMALL = say('is below 68, the least that IPv4 works with', '小于 68，即 IPv4 所需的最小值');
const TOO_LARGE = say('is above 65535', '大于 65535');

const dns = z
  .array(z.string().trim())
  .refine((list) => list.every((server) => serverVersion(server) !== undefined), {
    error: 'is not a list of IP addresses',
    params: { words: say('is not a list of IP addresses', '不是 IP 地址列表') },
  })
  .transform((list) => list.map(canonical));

/** An address with what belongs to it. Empty gateway and DNS are the same as absent ones. */
export const addressing = {
  address: z.string().trim().optional(),
  /** `255.255.255.0`, `24`, and for IPv6 a prefix length. */
  netmask: z.string().trim().optional(),
  gateway: z.string().trim().optional(),
  /** Absent: those of now stay. */
  dns: dns.optional(),
};

export interface Addressing {
  address?: string | undefined;
  netmask?: string | undefined;
  gateway?: string | undefined;
  dns?: string[] | undefined;
  /** The other addresses of its family, with their prefixes. Absent: those of now stay. */
  more?: string[] | undefined;
}

/** Further addresses of one family: `198.51.100.4/24`. */
export const moreAddresses = z
  .array(z.string().trim())
  .transform((list) => list.map((each) => each.replace(/^[^/]+/, canonical)));

/** Rules for the further addresses beside the first. */
export function checkMore({ address = '', more = [] }: Addressing, context: Context): void {
  const seen = new Set([canonical(address)]);
  for (const each of more) {
    const words = moreProblem(each, versionOf(address), seen);
    if (words === undefined) continue;
    report(context, 'more', say(`${each} ${words.en}`, `${each} ${words.zh}`));
    return;
  }
}

function moreProblem(text: string, version: Version | undefined, seen: Set<string>): Words | undefined {
  const [host = '', length] = text.split('/');
  if (length === undefined || versionOf(host) === undefined)
    return say('is no address with its prefix length', '不是带前缀长度的地址');
  if (version !== undefined && versionOf(host) !== version)
    return say('is not of the same family', '与主地址不属于同一协议');
  const prefix = prefixOf(length, versionOf(host) ?? 4);
  if (typeof prefix !== 'number') return prefix;
  if (seen.has(host)) return say('is given twice', '重复');
  seen.add(host);
  return hostProblem(host, prefix);
}

interface Problem {
  field: string;
  words: Words;
}

/** Rules between the fields of an address. With `wanted`, an empty address is wrong. */
export function checkAddressing(input: Addressing, context: Context, wanted: boolean): void {
  const problem = addressingProblem(input, wanted);
  if (problem !== undefined) report(context, problem.field, problem.words);
}

function addressingProblem(input: Addressing, wanted: boolean): Problem | undefined {
  const { address = '', netmask = '', gateway = '' } = input;
  if (address === '') return emptyAddress(wanted, netmask !== '' || gateway !== '');
  const version = versionOf(address);
  if (version === undefined) return { field: 'address', words: NO_ADDRESS };
  if (netmask === '') return { field: 'netmask', words: say('is empty', '为空') };
  const prefix = prefixOf(netmask, version);
  if (typeof prefix !== 'number') return { field: 'netmask', words: prefix };
  const host = hostProblem(address, prefix);
  if (host !== undefined) return { field: 'address', words: host };
  const way = gateway === '' ? undefined : gatewayProblem(address, prefix, gateway);
  return way === undefined ? undefined : { field: 'gateway', words: way };
}

function emptyAddress(wanted: boolean, others: boolean): Problem | undefined {
  if (wanted) return { field: 'address', words: say('is empty', '为空') };
  if (!others) return undefined;
  const words = say('is empty, but netmask or gateway is given', '为空，但给出了子网掩码或网关');
  return { field: 'address', words };
}

export const bonding = {
  /** Name or number. */
  mode: z.string().trim(),
  /**
   * Absent, on a new bond: those that suit the mode. A bond that is there keeps what is not given; an empty value takes
   * an option away.
   */
  options: z.record(z.string(), z.string()).transform(asListed).optional(),
};

interface Bonding {
  mode: string;
  options?: Record<string, string> | undefined;
}

/** Mode and options, against each other. */
export function checkBonding(input: Bonding, context: Context): void {
  const mode = bondMode(input.mode);
  if (mode === undefined) {
    report(context, 'mode', noSuchMode(input.mode));
    return;
  }
  const problem = optionsProblem(mode, input.options ?? {});
  if (problem !== undefined) report(context, 'options', problem);
}

const noSuchMode = (text: string): Words =>
  say(
    `"${text}" is no bond mode (0 to 6, or a name such as 802.3ad)`,
    `“${text}”不是链路聚合模式（0 到 6，或名称，如 802.3ad）`,
  );
