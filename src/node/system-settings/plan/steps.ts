import type { Plan, Step } from '../../../api/plan.ts';
import { say, type Words } from '../../../api/words.ts';
import type { LogServer, Ntp, RemoteLog, Ssh } from '../schema.ts';

/** Values of the settings as steps hold them: plain, so that a journal can. */
export interface Values {
  hostname: string;
  /** The node's own name in /etc/hosts: address and name; empty: no line of ours. */
  hosts: string;
  zone: string;
  /** The boot, and when it began by the clock, in seconds since 1970: that moves with the clock. */
  clock: { boot: string; since: number };
  ntp: string[];
  /** Unit of the program that keeps the clock; empty: none does. */
  client: string;
  keyboard: string;
  ssh: { on: boolean; boots: boolean };
  /** Minutes, now and at the start of the machine; null: as the kernel comes up. */
  blanking: { now: number; atStart: number | null };
  /** null: none. */
  remoteLog: LogServer | null;
}

export type SettingName = keyof Values;

export interface SetSetting<N extends SettingName = SettingName> extends Step {
  readonly type: 'system.set';
  readonly setting: N;
  readonly before: Values[N];
  readonly after: Values[N];
}

/** The broker is named after the host. Acts when the change is made. */
export interface BrokerFollows extends Step {
  readonly type: 'system.brokerFollows';
}

/** Acts when the change is taken back. */
export interface BrokerReturns extends Step {
  readonly type: 'system.brokerReturns';
}

export type SystemStep = SetSetting | BrokerFollows | BrokerReturns;

/** What the machine is like around the change. */
export interface Around {
  /** A message broker runs here and has to follow the hostname. */
  broker: boolean;
  /** The new name resolves already. */
  resolves: boolean;
  /** Address to write beside the name in /etc/hosts. */
  address: string;
  /** Seconds by which the clock is to go forward, back when negative. */
  clockBy: number;
  /** NTP or log servers whose names do not resolve now. */
  unresolved: string[];
  /** Why the log server takes no connection now, where that can be asked. */
  silent?: Words;
  /** The keyboard of the text console can be changed while the machine runs. */
  keyboardNow: boolean;
}

export interface Before {
  hostname?: string;
  hosts?: string;
  zone?: string;
  clock?: Values['clock'];
  client?: string;
  ntp?: Ntp;
  keyboard?: string;
  ssh?: Ssh;
  blanking?: Values['blanking'];
  remoteLog?: RemoteLog;
}

const WORDS: Record<Exclude<SettingName, 'clock'>, Words> = {
  hostname: say('setting the hostname and reading it back', '设置主机名并读回验证'),
  hosts: say('writing the name into /etc/hosts', '将主机名写入 /etc/hosts'),
  zone: say('setting the time zone and reading it back', '设置时区并读回验证'),
  ntp: say(
    'writing the NTP servers and restarting the program that asks them',
    '写入 NTP 服务器并重启时间服务',
  ),
  client: say('turning the NTP client on or off', '启停 NTP 客户端'),
  keyboard: say('setting the keyboard and reading it back', '设置键盘并读回验证'),
  ssh: say('turning SSH on or off and asking for its state', '启停 SSH 并验证状态'),
  remoteLog: say(
    'writing the log server, having rsyslogd check it, and restarting rsyslog',
    '写入日志服务器，由 rsyslogd 检查后重启 rsyslog',
  ),
  blanking: say('telling the kernel when the screen goes dark', '设置屏幕关闭时间'),
};

export const set = <N extends keyof typeof WORDS>(
  setting: N,
  before: Values[N],
  after: Values[N],
): SetSetting<N> => ({
  type: 'system.set',
  setting,
  before,
  after,
  words: WORDS[setting],
});

export const one = (title: Words, step: SetSetting, warnings: readonly Words[]): Plan<SystemStep> =>
  isSame(step.before, step.after)
    ? { title, steps: [], warnings: [ALREADY] }
    : { title, steps: [step], warnings };

export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

export const ALREADY = say('it is set so already', '已是该设置');
