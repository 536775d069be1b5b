import { z } from 'zod';
import { ROLES } from '../src/api/role.ts';
import { ruled } from '../src/api/ruled.ts';
import { say } from '../src/api/words.ts';
import { ipv4, siteAddress, siteGatewayProblem } from '../src/node/bare-metal/schema/install.ts';
import { serverProblem } from '../src/node/network/change/schema/address.ts';
import { BOND_MODES } from '../src/node/network/change/schema/bond.ts';
import { nameProblem, newNameProblem } from '../src/node/network/change/schema/names.ts';
import { hostnameProblem } from '../src/node/system-settings/schema.ts';

const matching = (pattern: RegExp, en: string, zh: string) =>
  ruled((text) => (pattern.test(text) ? undefined : say(en, zh)));

const distinct = <T extends z.ZodType>(item: T, what: string) =>
  z.array(item).refine((list) => new Set(list).size === list.length, `${what} stands there twice`);

const server = ruled((text) =>
  serverProblem(text) ? say('is neither a name nor an address', '既不是名称也不是地址') : undefined,
);
const disk = matching(
  /^(sd[a-z]{1,3}|vd[a-z]{1,3}|xvd[a-z]{1,3}|nvme\d+n\d+|disk\/by-[a-z]+\/[\w.:+-]+)$/,
  'is not the name of a disk such as sda, nvme0n1 or disk/by-id/...',
  '不是磁盘名称',
);
const isZone = (text: string): boolean => {
  try {
    return (
      /^[A-Za-z]+(\/[\w+-]+)*$/.test(text) && new Intl.DateTimeFormat('en', { timeZone: text }) !== undefined
    );
  } catch {
    return false;
  }
};

const network = z
  .strictObject({
    /** Which NICs form the bond. */
    nics: distinct(ruled(nameProblem), 'a NIC').min(1, 'names no NIC'),
    bond: ruled((text) => newNameProblem(text, 'bond')).default('bond0'),
    mode: z.enum(BOND_MODES, `is none of ${BOND_MODES.join(', ')}`).default('active-backup'),
    /** Tag of the VLAN on the bond that has the address. */
    vlan: z
      .int('is not a number from 1 to 4094')
      .min(1, 'is not a number from 1 to 4094')
      .max(4094, 'is not a number from 1 to 4094')
      .optional(),
    address: siteAddress,
    gateway: ipv4.optional(),
    nameservers: distinct(ipv4, 'a name server').default([]),
  })
  .check(({ value, issues }) => {
    const wrong = (field: string, message: string) =>
      issues.push({ code: 'custom', input: value, path: [field], message });
    if (value.nics.includes(value.bond)) wrong('bond', 'has the name of one of its NICs');
    if (`${value.bond}.${value.vlan}`.length > 15 && value.vlan !== undefined)
      wrong('vlan', 'makes a name of more than 15 characters with the bond');
    const problem =
      value.gateway === undefined ? undefined : siteGatewayProblem(value.address, value.gateway)?.en;
    if (problem !== undefined) wrong('gateway', problem);
  });

/** What a site answers beforehand, so that its nodes install without questions. */
export const answers = z.strictObject({
  mode: z.enum(ROLES, `is none of ${ROLES.join(', ')}`),
  /** Kept as a hash only. */
  rootPassword: z
    .string('is no text')
    .min(8, 'has fewer than 8 characters')
    .max(255, 'has more than 255 characters')
    .refine((text) => !/[\0\r\n]/.test(text), 'holds a line end'),
  hostname: ruled(hostnameProblem).optional(),
  timezone: z
    .string('is no text')
    .refine(isZone, 'is not a time zone such as Asia/Shanghai')
    .default('Asia/Shanghai'),
  language: matching(
    /^[a-z]{2,3}_[A-Z]{2}\.UTF-8$/,
    'is not a language such as en_US.UTF-8',
    '不是语言名称',
  ).default('en_US.UTF-8'),
  keyboard: matching(
    /^[a-z]{2,}(-[a-z0-9]+)*$/,
    'is not a keyboard layout such as us or de-nodeadkeys',
    '不是键盘布局',
  ).default('us'),
  ntpServers: distinct(server, 'a server').default([]),
  /** The disks that are wiped; the system lies on the first. */
  disks: distinct(disk, 'a disk').min(1, 'names no disk'),
  swapGb: z
    .int('is not a number of GiB from 0 to 1024')
    .min(0, 'is not a number of GiB from 0 to 1024')
    .max(1024, 'is not a number of GiB from 0 to 1024')
    .default(32),
  network,
  /** Where the medium is served when it is not in the machine: http:// or https:// address. */
  source: matching(
    /^https?:\/\/[^\s"'#]+$/,
    'is not an http:// or https:// address',
    '不是 http(s) 地址',
  ).optional(),
});
export type Answers = z.output<typeof answers>;

/** The answers, or everything that is wrong with them, a line each, `FIELD: what`. */
export function readAnswers(given: unknown): Answers | string[] {
  const result = answers.safeParse(given);
  if (result.success) return result.data;
  return result.error.issues.flatMap((issue) => {
    const place = issue.path.join('.') || 'answers';
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => `${[...issue.path, key].join('.')}: is no question that is asked`);
    const missing = issue.code === 'invalid_type' && issue.input === undefined;
    return [`${place}: ${missing ? 'is missing' : issue.message}`];
  });
}
