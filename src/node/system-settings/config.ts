import { isIP } from 'node:net';
import { printable } from '../../api/printable.ts';
import { say, type Words } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { type NodeIni, readNodeIni } from '../../system/node-ini.ts';
import { readRole } from '../../system/role.ts';
import { copyParts, copyPlace } from '../backup/copy/schema.ts';
import { serverProblem } from '../network/change/schema/address.ts';

/** Settings of node.ini; what is absent has its default. */
export interface Config {
  /** Seconds without a key after which a password session ends. */
  idleSeconds: number;
  managementAddress?: string;
  managementNic?: string;
  /** Address of the management node that this node has joined. */
  managementNode?: string;
  /** Folder of the node's own primary storage. */
  primaryStorage?: string;
  /** Seconds that a network change waits for its evidence, and until it is taken back. */
  networkEvidence: number;
  networkCountdown: number;
  /** Whether the packages of this node follow the management node's version. */
  followVersion: boolean;
  /** Minutes until the screen goes dark; absent: as the kernel was told. */
  blankMinutes?: number;
  /** What in the file makes no sense, and what holds instead. */
  troubles: readonly Words[];
}

type Settings = Omit<Config, 'troubles'>;
type Whole = Required<Settings>;

const DEFAULTS: Settings = {
  ...{ idleSeconds: 600, networkEvidence: 45, networkCountdown: 60 },
  followVersion: true,
};

interface Rule<T> {
  key: string;
  /** What its text may be. */
  wanted: Words;
  /** Undefined when the text is nothing of the kind. */
  value(text: string): T | undefined;
}

const whole = (key: string, least: number, most: number, unit = 1): Rule<number> => ({
  key,
  wanted: say(`a whole number from ${least} to ${most}`, `${least} 到 ${most} 的整数`),
  value: (text) => (/^\d+$/.test(text) && +text >= least && +text <= most ? +text * unit : undefined),
});

const such = (key: string, wanted: Words, isSuch: (text: string) => boolean): Rule<string> => ({
  key,
  wanted,
  value: (text) => (isSuch(text) ? text : undefined),
});

const RULES: { readonly [K in keyof Whole]: Rule<Whole[K]> } = {
  idleSeconds: whole('idle_minutes', 1, 120, 60),
  networkEvidence: whole('network_evidence_seconds', 5, 300),
  networkCountdown: whole('network_countdown_seconds', 10, 600),
  blankMinutes: whole('blank_minutes', 0, 60),
  followVersion: {
    key: 'follow_version',
    wanted: say('yes or no', 'yes 或 no'),
    value: (text) => (text === 'yes' ? true : text === 'no' ? false : undefined),
  },
  managementAddress: such('management_address', say('an IP address', 'IP 地址'), (text) => isIP(text) > 0),
  managementNic: such('management_nic', say('the name of a NIC', '网卡名称'), (text) => !/[\s/]/.test(text)),
  managementNode: such(
    'management_node',
    say('an address or a name', '地址或主机名'),
    (text) => !serverProblem(text),
  ),
  primaryStorage: such('primary_storage', say('a folder with all above it', '绝对路径'), (text) =>
    text.startsWith('/'),
  ),
};

/** Read anew whenever a backup is copied. */
const COPY: readonly Rule<string>[] = [
  such(
    'backup_copy',
    say('user@host:/folder', 'user@host:/folder'),
    (text) => copyPlace.safeParse(copyParts(text)).success,
  ),
  such('backup_copy_host_key', say('a host key', '主机密钥'), () => true),
];

/**
 * A file, or a line of it, that makes no sense takes nothing else along: what held before holds, and `troubles` says
 * so. Never rejects.
 * @param before what holds instead of a setting that makes no sense
 */
export async function readConfig(folder: string, before: Settings = DEFAULTS): Promise<Config> {
  try {
    return configOf(await readNodeIni(folder), before);
  } catch (thrown) {
    const { en, zh } = whyOf(thrown);
    const unread = say(
      `node.ini is not read: ${en}; the defaults hold`,
      `未读取 node.ini：${zh}；使用默认值`,
    );
    return { ...before, troubles: [shown(unread)] };
  }
}

function configOf({ values, heads, strays }: NodeIni, before: Settings): Config {
  const config: Settings = { ...DEFAULTS };
  const names = Object.keys(RULES) as (keyof Settings)[];
  const wrong = names.filter((name) => !take(config, name, values, before));
  const copy = COPY.filter(({ key, value }) => values.has(key) && value(values.get(key) ?? '') === undefined);
  const known = new Set([...Object.values(RULES), ...COPY].map(({ key }) => key));
  const unknown = [...values.keys()].filter((key) => !known.has(key));
  const troubles = [
    ...[...wrong.map((name) => RULES[name]), ...copy].map((rule) =>
      senseless(rule, values.get(rule.key) ?? ''),
    ),
    ...unknown.map((key) => say(`${key} is no setting and does nothing`, `没有 ${key} 这项设置，已忽略`)),
    ...strays.map((line) =>
      say(`"${line}" is no setting = value and does nothing`, `“${line}”不是“设置 = 值”，已忽略`),
    ),
    ...heads.map((head) =>
      say(
        `${head} has no meaning here: what stands below it holds`,
        `${head} 在此无意义：其下的设置照常生效`,
      ),
    ),
  ];
  return {
    ...config,
    troubles: troubles.map(({ en, zh }) => shown(say(`node.ini: ${en}`, `node.ini：${zh}`))),
  };
}

/** False when the setting is there and makes no sense. One without a value is not there. */
function take<K extends keyof Whole>(
  config: Partial<Whole>,
  name: K,
  values: NodeIni['values'],
  before: Settings,
): boolean {
  const rule: Rule<Whole[K]> = RULES[name];
  const text = values.get(rule.key) ?? '';
  if (text === '') return true;
  const value = rule.value(text);
  const holds = value ?? before[name];
  if (holds !== undefined) config[name] = holds;
  return value !== undefined;
}

const senseless = ({ key, wanted }: Rule<unknown>, text: string): Words =>
  say(
    `${key} = ${text} is not ${wanted.en}; the default holds`,
    `${key} = ${text} 应为${wanted.zh}；使用默认值`,
  );

/** A file that is something else altogether has lines as long and as wild as they come. */
const MOST_CHARACTERS = 120;
const shown = ({ en, zh }: Words): Words => say(short(en), short(zh));
const short = (text: string): string =>
  printable(text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text);

/** What of the node's own settings makes no sense, and what holds instead: role first. Never rejects. */
export async function settingTroubles(folder: string): Promise<Words[]> {
  const [{ trouble }, { troubles }] = await Promise.all([readRole(folder), readConfig(folder)]);
  return trouble === undefined ? [...troubles] : [trouble, ...troubles];
}
