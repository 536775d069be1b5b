import { z } from 'zod';
import { issueWords } from '../../../api/issue-words.ts';
import { ipv4, mac, netmask } from '../../../node/bare-metal/schema/install.ts';
import { FIRMWARES } from '../../../node/bare-metal/schema.ts';
import { badField } from '../../define/refusal.ts';

/** Texts with commas between, or a list of them. */
const listed = <T extends z.ZodType>(one: T) =>
  z.preprocess(
    (raw) => (typeof raw === 'string' ? raw.split(',').map((each) => each.trim()) : raw),
    z.array(one),
  );

const address = {
  ip: ipv4.optional(),
  netmask: netmask.optional(),
  gateway: ipv4.optional(),
  dns: listed(ipv4).optional(),
};

const nic = z.strictObject({
  mac,
  pxe: z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]).optional(),
  ...address,
});

const bonding = z.strictObject({
  name: z.string().optional(),
  slaves: listed(mac),
  mode: z.union([z.number(), z.string()]).transform(String),
  ...address,
});

const items = z.strictObject({
  nicCfgs: z.array(nic).min(1).max(8),
  bondings: z.array(bonding).max(1).default([]),
  /** Ours: other services of such clouds do not ask how a machine starts. */
  firmware: z.enum(FIRMWARES).default('uefi'),
});

export type NicCfg = z.output<typeof nic>;
export type Bonding = z.output<typeof bonding>;

/** The network of a machine as clients write it. */
export type CfgItems = Omit<z.output<typeof items>, 'firmware'>;

/** Throws `usage` that names the field, such as `cfgItems.nicCfgs.0.mac`. */
export function cfgItemsIn(raw: Readonly<Record<string, unknown>>): z.output<typeof items> {
  const lists = Object.entries(raw).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(entry) : value,
  ]);
  const read = items.safeParse(Object.fromEntries(lists));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw badField(['cfgItems', ...(issue?.path ?? [])].join('.'), issueWords(issue));
}

/** One NIC or bond, without what is empty. */
function entry(raw: unknown): unknown {
  const value = typeof raw === 'string' ? literal(raw) : raw;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null && each !== ''));
}

/** Clients that there are write an entry as a text: JSON, or what Python prints of a dictionary. */
function literal(text: string): unknown {
  for (const each of [text, text.replace(/\bu(?=')/g, '').replaceAll("'", '"')])
    try {
      return JSON.parse(each);
    } catch {
      // Said by the schema, where neither is one.
    }
  return text;
}
