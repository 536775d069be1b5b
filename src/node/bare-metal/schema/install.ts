import { z } from 'zod';
import { defineAction } from '../../../api/action.ts';
import { ROLES, type Role } from '../../../api/role.ts';
import { ruled } from '../../../api/ruled.ts';
import { secret } from '../../../api/secret.ts';
import { say, type Words } from '../../../api/words.ts';
import { hostProblem, prefixOf, sameSubnet, versionOf } from '../../network/change/schema/address.ts';
import { hostnameProblem } from '../../system-settings/schema.ts';

/** By its name a machine is asked for; it becomes the hostname of what is installed on it. */
export const machineName = ruled(hostnameProblem);

/** What a machine is installed as; kept until it is cancelled, asked for anew or the machine forgotten. */
export interface Installation {
  role: Role;
  /** Of root's password, as crypt(5) writes it. */
  passwordHash: string;
  unattended: boolean;
  /** The installer is shown over the network. */
  vnc: boolean;
  /** Of the bond's NICs; the first is the one that it starts from, unless `start` says another. */
  macs: string[];
  mode: (typeof INSTALLED_MODES)[number];
  /** `dhcp`, or an IPv4 address with its prefix. */
  address: string;
  gateway?: string | undefined;
  nameservers: string[];
  start?: string | undefined;
  /** Further NICs, with addresses of their own. */
  beside?: NicBeside[];
  /** What its kickstart's name cannot be guessed by. */
  token: string;
  /** When it was asked for, in milliseconds since 1970. Absent in what an earlier version wrote. */
  asked?: number;
}

/** A NIC that is no port of the bond. */
export interface NicBeside {
  mac: string;
  /** As the bond's; absent: none, and it stays down. */
  address?: string | undefined;
  gateway?: string | undefined;
  nameservers: string[];
}

/** The NIC that a machine starts from. */
export const startOf = ({ start, macs }: Pick<Installation, 'start' | 'macs'>): string =>
  start ?? macs[0] ?? '';

/** All NICs of a machine that its installation is about. */
export const nicsOf = ({ macs, beside = [] }: Pick<Installation, 'macs' | 'beside'>): string[] => [
  ...macs,
  ...beside.map((nic) => nic.mac),
];

/** `waiting`: it has not fetched its kickstart yet. */
export type InstallationState = 'waiting' | 'installing' | 'installed';

/** An installation as it is told: without the password's hash and the token. */
export interface InstallationTold {
  role: Role;
  /** Of all its NICs, the one that it starts from first. */
  macs: string[];
  /** Of its bond and of the NICs beside it, each `dhcp` or an IPv4 address with its prefix. */
  addresses: string[];
  /** The address that it has from this node's PXE service, while it is not installed. */
  lease?: string;
  state: InstallationState;
  /** Since when it stands so, in milliseconds since 1970; absent where that was not written down. */
  since?: number;
}

export const INSTALLED_MODES = ['active-backup', '802.3ad'] as const;

export const mac = ruled((text) =>
  /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text) && !/^.[13579bdf]/i.test(text)
    ? undefined
    : say(
        'is no MAC address of a NIC such as 52:54:00:12:34:56',
        '不是网卡的 MAC 地址，如 52:54:00:12:34:56',
      ),
).transform((text) => text.toLowerCase().replaceAll('-', ':'));

/** `dhcp`, or an IPv4 address with prefix or netmask. */
export const siteAddress = ruled((text) => {
  if (text === 'dhcp') return undefined;
  const [, address = '', length = ''] = /^([^/]+)\/(.+)$/.exec(text) ?? [];
  if (versionOf(address) !== 4)
    return say(
      'is neither "dhcp" nor an IPv4 address with prefix or netmask, such as 192.0.2.10/24',
      '既不是 dhcp，也不是带前缀的 IPv4 地址',
    );
  const prefix = prefixOf(length, 4);
  return typeof prefix === 'number' ? hostProblem(address, prefix) : prefix;
});

export const ipv4 = ruled((text) =>
  versionOf(text) === 4 ? undefined : say('is not an IPv4 address', '不是 IPv4 地址'),
);

export const netmask = ruled((text) => {
  const prefix = prefixOf(text, 4);
  return typeof prefix === 'number' ? undefined : prefix;
});

/** What is wrong with a gateway for what `siteAddress` took; undefined when nothing is. */
export function siteGatewayProblem(address: string, gateway: string): Words | undefined {
  if (address === 'dhcp')
    return say('comes by DHCP: leave it out, or give an address', '由 DHCP 提供：请留空，或填写地址');
  const [ip = '', length = ''] = address.split('/');
  const prefix = prefixOf(length, 4);
  if (typeof prefix === 'number' && !sameSubnet(ip, prefix, gateway))
    return say('is not in the network of the address', '与地址不在同一网络');
  return ip === gateway ? say('is the address of the node itself', '是节点自己的地址') : undefined;
}

const LEAST_PASSWORD = 8;

const nameservers = z.array(ipv4).max(3).default([]);

/** Its network: one bond, of one NIC too. */
export const site = {
  macs: z.array(mac).min(1).max(8),
  mode: z.enum(INSTALLED_MODES).default('active-backup'),
  address: siteAddress.default('dhcp'),
  gateway: ipv4.optional(),
  nameservers,
};

const SHORT = say(`has fewer than ${LEAST_PASSWORD} characters`, `少于 ${LEAST_PASSWORD} 个字符`);

/** What a machine is to become, besides its name. */
export const wanted = {
  role: z.enum(ROLES).default('compute'),
  rootPassword: secret.refine((password) => password.reveal().length >= LEAST_PASSWORD, {
    message: SHORT.en,
    params: { words: SHORT },
  }),
  unattended: z.boolean().default(true),
  vnc: z.boolean().default(false),
  ...site,
};

type Site = { address: string; gateway?: string | undefined; macs: readonly string[] };

/** That its parts go together. */
export function checkSite({ address, gateway, macs }: Site, context: z.core.$RefinementCtx): void {
  const wrong = (field: string, words: Words) =>
    context.addIssue({ code: 'custom', path: [field], message: words.en, params: { words } });
  const problem = gateway === undefined ? undefined : siteGatewayProblem(address, gateway);
  if (problem !== undefined) wrong('gateway', problem);
  if (new Set(macs).size < macs.length) wrong('macs', say('has one twice', '有重复'));
}

/**
 * Has a machine install itself: its kickstart is laid out, its BMC told to start from the network once, and it is
 * switched on, or off and on. What was asked for before is forgotten. All disks are wiped when nobody is asked. Faults:
 * `notFound`; `conflict` while the PXE service does not run or when another machine has the MAC address; those of the BMC.
 */
export const installMachine = defineAction<void>()({
  name: 'bareMetal.install',
  input: z.object({ name: machineName, ...wanted }).superRefine(checkSite),
  access: ['password'],
  lane: 'services',
});

/** A machine is installed no more; one that is under way fails. Faults: `notFound`, `conflict` when nothing is asked for. */
export const cancelInstallation = defineAction<void>()({
  name: 'bareMetal.cancel',
  input: z.object({ name: machineName }),
  access: ['password'],
  lane: 'services',
});
