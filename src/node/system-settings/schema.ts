import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import type { ShownPlan } from '../../api/plan.ts';
import type { Reading } from '../../api/reading.ts';
import { ruled } from '../../api/ruled.ts';
import { seen } from '../../api/seen.ts';
import { why } from '../../api/why.ts';
import { say, type Words } from '../../api/words.ts';
import { serverProblem } from '../network/change/schema/address.ts';

/** How SSH stands on this node. */
export interface Ssh {
  /** It answers now. */
  on: boolean;
  /** It comes up with the machine. */
  boots: boolean;
  /** Where those who are in came from, one entry a session. */
  sessions: string[];
  /** Whether they stay when it is turned off. */
  sessionsStay: boolean;
  /** One row a host key: bits, SHA-256 and kind, as `ssh-keygen -l` says it. */
  fingerprints: string[];
}

export interface Ntp {
  /** The program that keeps the clock. */
  service: string;
  /** Empty: those that the system came with. */
  servers: string[];
  /** Sources of time that are in force besides, each with the file that names it, or `DHCP`. */
  others: { server: string; file: string }[];
  synced: boolean;
}

export interface Clock {
  /** In the zone of this machine, `2026-11-29 14:30:00`. */
  time: string;
  /** The program that keeps it and with which it cannot be set by hand. */
  client?: string;
}

/** A server that takes log messages, by syslog. */
export interface LogServer {
  host: string;
  port: number;
  protocol: 'tcp' | 'udp';
}

export interface RemoteLog {
  /** null: none was set here. */
  server: LogServer | null;
  /** Those that rsyslog's other files name, each with the file. */
  others: { server: string; file: string }[];
  /** rsyslog runs. */
  active: boolean;
}

/** What can be set for the machine as a whole; each unknown with the reason when its keeper cannot be asked. */
export interface SystemSettings {
  hostname: Reading<string>;
  /** IANA name such as `Asia/Shanghai`. */
  zone: Reading<string>;
  clock: Reading<Clock>;
  ntp: Reading<Ntp>;
  /** Layout, `LAYOUT:VARIANT` where it has one. */
  keyboard: Reading<string>;
  ssh: Reading<Ssh>;
  /** Minutes until the screen of tty1 goes dark; 0 is never. */
  blanking: Reading<number>;
  remoteLog: Reading<RemoteLog>;
}

export const readSystem = defineAction<SystemSettings>()({
  name: 'system.read',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

/** A layout that the keyboard can be set to, with what it is called where that is listed. */
export interface Keyboard {
  value: string;
  about: string;
}

/** Empty where nothing lists them. */
export const listKeyboards = defineAction<Keyboard[]>()({
  name: 'system.listKeyboards',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

const MOST_SERVERS = 8;
const MOST_MINUTES = 60;

/** What is wrong with the short name of a machine; undefined when nothing is. */
export function hostnameProblem(name: string): Words | undefined {
  if (name === '') return say('is empty', '为空');
  if (name.includes('.'))
    return say('has a dot: the message queue cannot work under it', '含有点号：消息队列无法在其下工作');
  if (name.length > 63) return say('is longer than 63 characters', '超过 63 个字符');
  if (!/^[a-z0-9-]+$/i.test(name))
    return say('has something else than letters, digits and -', '含有字母、数字和 - 以外的字符');
  if (/^-|-$/.test(name)) return say('begins or ends with -', '以 - 开头或结尾');
  if (/^\d+$/.test(name)) return say('has digits only', '只含数字');
  if (name.toLowerCase() === 'localhost') return say('means every machine', '指代任意机器');
  return undefined;
}

const servers = z.array(z.string().trim()).check((payload) => {
  const words = serversProblem(payload.value);
  if (words !== undefined)
    payload.issues.push({ code: 'custom', input: payload.value, message: words.en, params: { words } });
});

function serversProblem(list: readonly string[]): Words | undefined {
  const wrong = list.find(serverProblem);
  if (wrong !== undefined)
    return say(`${wrong} is neither a name nor an address`, `${wrong} 既不是名称也不是地址`);
  const twice = list.find((server, index) => list.indexOf(server) !== index);
  if (twice !== undefined) return say(`${twice} is there twice`, `${twice} 重复`);
  if (list.length > MOST_SERVERS) return say(`more than ${MOST_SERVERS}`, `多于 ${MOST_SERVERS} 个`);
  return undefined;
}

const logServer = ruled((text) =>
  text !== '' && serverProblem(text)
    ? say(`${text} is neither a name nor an address`, `${text} 既不是名称也不是地址`)
    : undefined,
);

const PORTS = 65_535;

const port = z.coerce.number().check((payload) => {
  const { value } = payload;
  if (Number.isInteger(value) && value >= 1 && value <= PORTS) return;
  const words = say(`is not a port from 1 to ${PORTS}`, `不是 1 到 ${PORTS} 的端口`);
  payload.issues.push({ code: 'custom', input: value, message: words.en, params: { words } });
});

const zone = ruled((text) =>
  /^[A-Za-z][\w+-]{0,40}(\/[\w+-]{1,40}){0,2}$/.test(text)
    ? undefined
    : say('is no time zone such as Asia/Shanghai', '不是时区，如 Asia/Shanghai'),
);

const time = ruled((text) => {
  const [, year = '', day = '', clock = ''] = /^(20\d\d)-(\d\d-\d\d) (\d\d:\d\d(?::\d\d)?)$/.exec(text) ?? [];
  const parsed = new Date(`${year}-${day}T${clock.padEnd(8, ':00')}Z`);
  const isThere =
    !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(`${year}-${day}T${clock}`);
  return isThere
    ? undefined
    : say('is no time such as 2026-11-29 14:30', '不是时间，格式如 2026-11-29 14:30');
});

const keyboard = ruled((text) =>
  /^[a-z][\w-]{0,40}(:[\w-]{1,40})?$/i.test(text)
    ? undefined
    : say('is no keyboard layout such as us or de:nodeadkeys', '不是键盘布局，如 us 或 de:nodeadkeys'),
);

const minutes = z.coerce.number().check((payload) => {
  const { value } = payload;
  if (Number.isInteger(value) && value >= 0 && value <= MOST_MINUTES) return;
  const words = say(
    `is not a whole number of minutes from 0 (never) to ${MOST_MINUTES}`,
    `不是 0（永不）到 ${MOST_MINUTES} 的整数分钟`,
  );
  payload.issues.push({ code: 'custom', input: value, message: words.en, params: { words } });
});

/** One setting, changed. */
export const systemChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hostname'), hostname: ruled(hostnameProblem) }),
  z.object({ kind: z.literal('zone'), zone }),
  z.object({ kind: z.literal('clock'), time }),
  z.object({ kind: z.literal('ntp'), servers }),
  z.object({ kind: z.literal('keyboard'), keyboard }),
  z.object({ kind: z.literal('ssh'), on: z.boolean() }),
  z.object({ kind: z.literal('blanking'), minutes }),
  /** An empty server: none. */
  z.object({
    kind: z.literal('remoteLog'),
    server: logServer,
    port: port.default(514),
    protocol: z.enum(['tcp', 'udp']).default('tcp'),
  }),
]);
export type SystemChange = z.output<typeof systemChange>;
export type SystemChangeInput = z.input<typeof systemChange>;

/** What a change would do, and what it costs; no steps when all is so already. Faults name the field. */
export const planSystem = defineAction<ShownPlan>()({
  name: 'system.plan',
  input: systemChange,
  access: ['password'],
  lane: 'none',
});

/** Makes one change, proved by reading it back; a failure or a crash ends with what was before. */
export const changeSystem = defineAction<void>()({
  name: 'system.change',
  input: systemChange.and(z.object({ why, seen })),
  access: ['password'],
  lane: 'system',
});
