import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { printable } from '../../api/printable.ts';
import type { Reading } from '../../api/reading.ts';
import { ruled } from '../../api/ruled.ts';
import { type Secret, secret } from '../../api/secret.ts';
import { say, type Words } from '../../api/words.ts';
import { canonical, serverProblem, versionOf } from '../network/change/schema/address.ts';
import { hostnameProblem } from '../system-settings/schema.ts';
import type { InstallationTold } from './schema/install.ts';

export const PROTOCOLS = ['ipmi', 'redfish'] as const;
export const POWER_ORDERS = ['on', 'off', 'reset'] as const;
/** How a machine starts. */
export const FIRMWARES = ['bios', 'uefi'] as const;
export type PowerOrder = (typeof POWER_ORDERS)[number];

const PORTS = { ipmi: 623, redfish: 443 } as const;
const MOST_PORT = 65_535;
/** IPMI 2.0 knows no longer ones. */
const MOST_IPMI = { user: 16, password: 20 } as const;

/** By its name a machine is asked for; it becomes the hostname of what is installed on it. */
const name = ruled(hostnameProblem);

const address = ruled((text) =>
  versionOf(text) !== undefined || !serverProblem(text)
    ? undefined
    : say('is neither an IP address nor a hostname', '不是 IP 地址或主机名'),
).transform(canonical);

const port = z.coerce.number(`is not a port from 1 to ${MOST_PORT}`).check((payload) => {
  if (Number.isInteger(payload.value) && payload.value >= 1 && payload.value <= MOST_PORT) return;
  const words = say(`is not a port from 1 to ${MOST_PORT}`, `不是 1 到 ${MOST_PORT} 的端口`);
  payload.issues.push({ code: 'custom', input: payload.value, message: words.en, params: { words } });
});

const user = ruled((text) =>
  /^[A-Za-z0-9_][\x21-\x7e]{0,63}$/.test(text)
    ? undefined
    : say(
        'is not a name of 1 to 64 characters without spaces that begins with a letter or digit',
        '不是以字母或数字开头、不含空格的 1 到 64 个字符',
      ),
);

/** SHA-256 in hexadecimal pairs with colons between, as openssl and Node write it. */
const certificate = ruled((text) =>
  /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/.test(text)
    ? undefined
    : say('is no SHA-256 fingerprint such as 3A:...:9F', '不是 SHA-256 指纹'),
);

/** How a machine's BMC is reached; without its password. */
export interface Machine {
  name: string;
  protocol: (typeof PROTOCOLS)[number];
  address: string;
  port: number;
  user: string;
  /** How the machine starts. */
  firmware: (typeof FIRMWARES)[number];
  /** Redfish: fingerprint of the certificate that its BMC must show. */
  certificate?: string | undefined;
}

/** A machine that was added on this node. */
export interface MachineState extends Machine {
  origin: 'node';
  power: Reading<'on' | 'off'>;
  /** What is to be installed on it, or was. */
  installation?: InstallationTold;
}

/** A machine that the cluster keeps, and whose installation from this node was asked for over the API. */
export interface ApiMachine {
  origin: 'api';
  name: string;
  /** Its uuid in the cluster. */
  chassis: string;
  installation: InstallationTold;
}

export type BareMachine = MachineState | ApiMachine;

/** The machines that were added, each with what its BMC says now, and those that are installed over the API; by their names. */
export const listMachines = defineAction<BareMachine[]>()({
  name: 'bareMetal.list',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

/** The certificate that a BMC shows, for a person to compare. Faults: `unavailable`, `timeout`, each naming the address. */
export const bmcCertificate = defineAction<{ certificate: string }>()({
  name: 'bareMetal.certificate',
  input: z.object({ address, port: port.default(PORTS.redfish) }),
  access: ['password'],
  lane: 'none',
});

const userProblem = (text: string): Words | undefined =>
  text.length > MOST_IPMI.user
    ? say(
        `is longer than the ${MOST_IPMI.user} characters that IPMI has`,
        `超过 IPMI 的 ${MOST_IPMI.user} 个字符`,
      )
    : undefined;
const passwordProblem = (password: Secret): Words | undefined =>
  Buffer.byteLength(password.reveal()) > MOST_IPMI.password
    ? say(
        `is longer than the ${MOST_IPMI.password} bytes that IPMI has`,
        `超过 IPMI 的 ${MOST_IPMI.password} 个字节`,
      )
    : undefined;

const added = z
  .object({
    name,
    protocol: z.enum(PROTOCOLS).default('ipmi'),
    address,
    port: port.optional(),
    user,
    password: secret,
    firmware: z.enum(FIRMWARES).default('uefi'),
    certificate: certificate.optional(),
  })
  .superRefine(({ protocol, user, password, certificate }, context) => {
    const wrong = (field: string, en: string, zh: string) =>
      context.addIssue({ code: 'custom', path: [field], message: en, params: { words: say(en, zh) } });
    if (protocol === 'redfish' && certificate === undefined)
      wrong('certificate', 'is needed: Redfish BMCs sign their own', '必填：Redfish BMC 使用自签名证书');
    if (protocol === 'redfish') return;
    if (certificate !== undefined) wrong('certificate', 'IPMI has none', 'IPMI 没有证书');
    const problems = { user: userProblem(user), password: passwordProblem(password) };
    for (const [field, words] of Object.entries(problems))
      if (words !== undefined) wrong(field, words.en, words.zh);
  })
  .transform((input) => ({ ...input, port: input.port ?? PORTS[input.protocol] }));

/**
 * Adds a machine, or says anew how one is reached, once its BMC has told the power state. Faults: those of the BMC
 * (`unavailable`, `timeout`, `refused`, `conflict` when it shows another certificate); nothing is kept then.
 */
export const addMachine = defineAction<MachineState>()({
  name: 'bareMetal.add',
  input: added,
  access: ['password'],
  lane: 'services',
});

/** Forgets a machine. `notFound`; `conflict` for one that is installed over the API, as everywhere below. */
export const removeMachine = defineAction<void>()({
  name: 'bareMetal.remove',
  input: z.object({ name }),
  access: ['password'],
  lane: 'services',
});

/**
 * Switches a machine and waits until it stands so. `off` is hard, as by the switch: what runs there is not asked.
 * Faults: `notFound`, those of the BMC, `timeout` when it took the order and does not stand so within half a minute.
 */
export const orderPower = defineAction<MachineState>()({
  name: 'bareMetal.power',
  input: z.object({ name, order: z.enum(POWER_ORDERS) }),
  access: ['password'],
  lane: 'none',
});

/** How a BMC is reached over IPMI, where it is not kept here. */
export const ipmiLogin = z
  .object({
    address,
    port: port.default(PORTS.ipmi),
    user,
    /** Absent: its cluster has none. */
    password: secret.optional(),
  })
  .superRefine(({ user, password }, context) => {
    const problems = {
      user: userProblem(user),
      password: password === undefined ? undefined : passwordProblem(password),
    };
    for (const [field, words] of Object.entries(problems))
      if (words !== undefined)
        context.addIssue({ code: 'custom', path: [field], message: words.en, params: { words } });
  });

/**
 * Switches a machine that the cluster keeps, by its BMC over IPMI, and waits until it stands so; `status` asks alone.
 * Nothing of it is kept here. Faults: those of the BMC; `conflict` field `password` without one, field `order` for a reset
 * of one that is off; `timeout` as `orderPower`.
 */
export const orderBmc = defineAction<{ power: 'on' | 'off' }>()({
  name: 'bareMetal.orderBmc',
  input: z.object({ name: z.string(), bmc: ipmiLogin, order: z.enum([...POWER_ORDERS, 'status']) }),
  access: ['cluster'],
  lane: 'none',
  told: ({ name, order }) => say(`Switch ${printable(name)}: ${order}`, `控制 ${printable(name)}：${order}`),
});

/**
 * What the maker of a machine that the cluster keeps wrote into it, by the names that are usual for it, such as `Product
 * Serial`; empty where nothing is. Faults: those of the BMC; `conflict` field `password` without one.
 */
export const readPlate = defineAction<Record<string, string>>()({
  name: 'bareMetal.plate',
  input: z.object({ name: z.string(), bmc: ipmiLogin }),
  access: ['cluster'],
  lane: 'none',
});

/** From what a machine starts next, that once. */
export const bootOnce = defineAction<void>()({
  name: 'bareMetal.boot',
  input: z.object({ name, device: z.enum(['pxe', 'disk']) }),
  access: ['password'],
  lane: 'none',
});
