import type { Plan, Step } from '../../api/plan.ts';
import { say, type Words } from '../../api/words.ts';
import type { LogServer, Ntp, RemoteLog, Ssh, SystemChange } from './schema.ts';

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

/** Steps of one change; none when all is so already. `before` has what the change is about. */
export function systemPlan(change: SystemChange, before: Before, around: Around): Plan<SystemStep> {
  switch (change.kind) {
    case 'hostname':
      return hostnamePlan(change.hostname, before, around);
    case 'zone':
      return one(
        say(`set the time zone to ${change.zone}`, `将时区设为 ${change.zone}`),
        set('zone', before.zone ?? '', change.zone),
        [say('log lines from now on have the new zone', '此后的日志使用新时区')],
      );
    case 'clock':
      return clockPlan(change.time, before, around.clockBy);
    case 'ntp':
      return ntpPlan(change.servers, before, around);
    case 'keyboard':
      return one(
        say(`set the keyboard to ${change.keyboard}`, `将键盘设为 ${change.keyboard}`),
        set('keyboard', before.keyboard ?? '', change.keyboard),
        [
          say(
            'a password typed on the old layout may be other keys on the new one',
            '按旧布局输入的密码在新布局上按键可能不同',
          ),
          ...(around.keyboardNow
            ? []
            : [say('in force when the machine is started again', '重新启动机器后生效')]),
        ],
      );
    case 'ssh':
      return sshPlan(change.on, before.ssh);
    case 'blanking':
      return one(
        change.minutes === 0
          ? say('never let the screen go dark', '屏幕永不关闭')
          : say(`let the screen go dark after ${change.minutes} min`, `${change.minutes} 分钟后关闭屏幕`),
        set('blanking', before.blanking ?? { now: 0, atStart: null }, {
          now: change.minutes,
          atStart: change.minutes,
        }),
        change.minutes === 0 ? [] : [say('any key brings it back', '按任意键恢复显示')],
      );
    case 'remoteLog':
      return remoteLogPlan(change, before.remoteLog, around);
  }
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

const set = <N extends keyof typeof WORDS>(
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

const one = (title: Words, step: SetSetting, warnings: readonly Words[]): Plan<SystemStep> =>
  isSame(step.before, step.after)
    ? { title, steps: [], warnings: [ALREADY] }
    : { title, steps: [step], warnings };

export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const ALREADY = say('it is set so already', '已是该设置');

function hostnamePlan(name: string, before: Before, { broker, resolves, address }: Around): Plan<SystemStep> {
  const title = say(`set the hostname to ${name}`, `将主机名设为 ${name}`);
  const old = before.hostname ?? '';
  if (old === name) return { title, steps: [], warnings: [ALREADY] };
  const line = set('hosts', before.hosts ?? '', `${address} ${name}`);
  return {
    title,
    steps: [
      ...(broker ? [BROKER_RETURNS] : []),
      ...(resolves || isSame(line.before, line.after) ? [] : [line]),
      set('hostname', old, name),
      ...(broker ? [BROKER_FOLLOWS] : []),
    ],
    warnings: [
      ...(resolves
        ? []
        : [say(`${name} does not resolve yet: /etc/hosts gets it`, `${name} 尚无法解析：将写入 /etc/hosts`)]),
      ...(broker ? [BROKER_COST] : []),
      say(
        'two hosts must not have one name; other nodes and DNS have to be told',
        '主机名不可重复；请同时更新其他节点与 DNS',
      ),
    ],
  };
}

const BROKER_RETURNS: BrokerReturns = {
  type: 'system.brokerReturns',
  words: say('noting how the message queue goes back', '记录消息队列的回退方式'),
};
const BROKER_FOLLOWS: BrokerFollows = {
  type: 'system.brokerFollows',
  words: say(
    'restarting the message queue under the new name, making its user anew, restarting the service',
    '以新名称重启消息队列、重建用户并重启服务',
  ),
};
const BROKER_COST = say(
  'the message queue begins empty under the new name; it and the management service are away for a while',
  '消息队列在新名称下为空；消息队列与管理服务会暂时不可用',
);

/** An NTP client that is in step is refused before; one that is not goes, or it would hold the clock or set it back. */
function clockPlan(time: string, { clock, client = '' }: Before, by: number): Plan<SystemStep> {
  const was = clock ?? { boot: '', since: 0 };
  const after = { ...was, since: was.since + by };
  const plan = one(
    say(`set the clock to ${time}`, `将时钟设为 ${time}`),
    { type: 'system.set', setting: 'clock', before: was, after, words: clockWords(by) },
    [
      ...(by > 0
        ? []
        : [
            say(
              'the clock goes back: logs and history have these times twice',
              '时钟拨慢：日志与历史会出现重复的时间',
            ),
          ]),
      say(
        'other nodes are not set: certificates and the cluster need the same time everywhere',
        '其他节点不受影响：证书与集群要求各节点时间一致',
      ),
      ...(client === '' ? [] : [clientGoes(client)]),
    ],
  );
  if (client === '' || plan.steps.length === 0) return plan;
  return { ...plan, steps: [set('client', client, ''), ...plan.steps] };
}

function clientGoes(unit: string): Words {
  const name = unit.replace('.service', '');
  return say(
    `${name} is not in step with any server: it is turned off, until NTP servers are set`,
    `${name} 未与任何服务器同步：将停用，直到设置 NTP 服务器`,
  );
}

/** How far the clock goes to the time that was asked for is another figure each second: what counts is that time. */
export const comparedSetting = (step: SetSetting): object =>
  step.setting === 'clock' ? { setting: step.setting } : step;

function clockWords(by: number): Words {
  const span = spanWords(Math.abs(by));
  return by > 0
    ? say(
        `setting the clock ${span.en} forward and asking the kernel for it`,
        `将时钟拨快 ${span.zh} 并向内核核实`,
      )
    : say(
        `setting the clock ${span.en} back and asking the kernel for it`,
        `将时钟拨慢 ${span.zh} 并向内核核实`,
      );
}

function spanWords(seconds: number): Words {
  const days = Math.floor(seconds / 86_400);
  const rest = new Date((seconds % 86_400) * 1000).toISOString().slice(11, 19);
  return days === 0 ? say(rest, rest) : say(`${days} d ${rest}`, `${days} 天 ${rest}`);
}

function ntpPlan(
  servers: readonly string[],
  { ntp: before, client }: Before,
  { unresolved }: Around,
): Plan<SystemStep> {
  const list = servers.join(' ');
  const title =
    servers.length === 0
      ? say('use the NTP servers that the system came with', '使用系统自带的 NTP 服务器')
      : say(`set the NTP servers to ${list}`, `将 NTP 服务器设为 ${list}`);
  const plan = one(title, set('ntp', before?.servers ?? [], [...servers]), [
    ...unresolved.map((server) => say(`${server} does not resolve now`, `${server} 当前无法解析`)),
    ...(servers.length === 0 ? [] : stayInForce(before)),
  ]);
  if (client !== '' || before === undefined) return plan;
  const on = set('client', '', before.service);
  return { title, steps: [on, ...plan.steps], warnings: plan.steps.length === 0 ? [] : plan.warnings };
}

/** What chrony.conf itself names steps aside; what other files name, or DHCP, is not ours to change. */
function stayInForce(before: Ntp | undefined): Words[] {
  const elsewhere = (before?.others ?? []).filter(({ file }) => !file.endsWith('/chrony.conf'));
  return elsewhere.map(besides);
}

const besides = ({ server, file }: { server: string; file: string }): Words =>
  say(`stays in force besides: ${server} (${file})`, `另外仍然生效：${server}（${file}）`);

function sshPlan(on: boolean, before: Ssh | undefined): Plan<SystemStep> {
  const title = on ? say('turn SSH on', '启用 SSH') : say('turn SSH off', '停用 SSH');
  const was = { on: before?.on ?? false, boots: before?.boots ?? false };
  return one(title, set('ssh', was, { on, boots: on }), on ? [] : sshCost(before));
}

function sshCost(before: Ssh | undefined): Words[] {
  const { sessions = [], sessionsStay = false } = before ?? {};
  const from = sessions.join(', ');
  return [
    say(
      'nobody can log in over the network any more: only this screen, the serial line and the machine’s own remote console are left',
      '将无法再通过网络登录：只剩本屏幕、串口和服务器远程控制台',
    ),
    say(
      'the management node cannot collect logs here, nor repair this node, when the controller does not answer',
      '控制器无应答时，管理节点将无法收集日志或修复本节点',
    ),
    ...(sessions.length === 0
      ? []
      : sessionsStay
        ? [
            say(
              `who is in stays until he leaves: ${sessions.length} (${from})`,
              `已登录的 ${sessions.length} 个会话保持到其退出（${from}）`,
            ),
          ]
        : [
            say(
              `ENDS ${sessions.length} sessions now: ${from}`,
              `将立即断开 ${sessions.length} 个会话：${from}`,
            ),
          ]),
  ];
}

function remoteLogPlan(
  { server, port, protocol }: Extract<SystemChange, { kind: 'remoteLog' }>,
  before: RemoteLog | undefined,
  { unresolved, silent }: Around,
): Plan<SystemStep> {
  const after: LogServer | null = server === '' ? null : { host: server, port, protocol };
  const place = `${server}, ${protocol.toUpperCase()} ${port}`;
  const title =
    after === null
      ? say('send the log to no other machine', '不再将日志发送到其他机器')
      : say(`send the log to ${place} as well`, `同时将日志发送到 ${place}`);
  const others = (before?.others ?? []).map(besides);
  const step = set('remoteLog', before?.server ?? null, after);
  if (after === null) return one(title, step, others);
  return one(title, step, [
    ...unresolved.map((name) => say(`${name} does not resolve now`, `${name} 当前无法解析`)),
    ...(silent === undefined ? [] : [silent]),
    ...(protocol === 'udp'
      ? [say('over UDP nobody can tell whether a message arrives', '使用 UDP 无法得知消息是否送达')]
      : []),
    say('messages travel readable for whoever is on the way', '消息以明文传输'),
    ...others,
  ]);
}
