import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { printable } from '../../src/api/printable.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import { inGroups } from '../../src/node/cluster/schema/fingerprint.ts';
import type { HostSummary, listHosts, listTokens, StrayVm } from '../../src/node/cluster/schema/members.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage, message } from '../../src/tui/message.ts';
import { fitLine, type Line, type Span, span, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { clockTime, day } from '../format.ts';
import { LABEL } from './label.ts';
import { openIssue, openTokens } from './tokens.ts';

const HOSTS = reference<typeof listHosts>('members.hosts');
const TOKENS = reference<typeof listTokens>('members.tokens');
const AGAIN_MILLISECONDS = 5_000;
/** Of address, state and link, with a blank each. */
const WIDTHS = [16, 15, 14];
/** Columns for a host's name: on the smallest screen all else is to be seen beside it. */
const nameWidth = (columns: number) => Math.max(12, Math.min(24, columns - 62));

const STATES: Record<HostSummary['state'], Words> = {
  Enabled: say('enabled', '启用'),
  Disabled: say('disabled', '停用'),
  PreMaintenance: say('to maintenance', '进入维护'),
  Maintenance: say('maintenance', '维护中'),
};
const STATUSES: Record<HostSummary['status'], Words> = {
  Connecting: say('connecting', '连接中'),
  Connected: say('connected', '已连接'),
  Disconnected: say('! lost', '! 失联'),
};

/** Linked, with VMs that nobody here knows. */
const STRAYS = say('! unknown VMs', '! 未知云主机');

/** The hosts of the cluster, read anew while they are looked at. */
export async function openHosts(context: Context): Promise<void> {
  let hosts = (await context.controller().call(HOSTS, {})).hosts;
  let read = Date.now();
  let asked = performance.now();
  let why: Words | undefined;
  const refresh = async () => {
    try {
      hosts = (await context.controller().call(HOSTS, {})).hosts;
      read = Date.now();
      why = undefined;
    } catch (thrown) {
      why = Fault.from(thrown).words;
    }
    context.stage.refresh();
  };
  const then = context.onFacts(() => {
    if (performance.now() - asked < AGAIN_MILLISECONDS) return;
    asked = performance.now();
    void refresh();
  });
  context.stage.open(
    list<HostSummary>({
      title: LABEL,
      notes: (look, columns) =>
        why === undefined ? [] : wrap(look.say(oldSince(read, why)), columns, 'warn'),
      header: (look, columns) =>
        inColumns(
          [
            say('Host', '主机'),
            say('Address', '地址'),
            say('State', '状态'),
            say('Link', '连接'),
            say('Heard     Version', '存活      版本'),
          ].map((words) => span(look.say(words))),
          columns,
        ),
      rows: () => hosts,
      same: (a, b) => a.uuid === b.uuid,
      row: (host, look, columns) =>
        inColumns(
          [
            ...[host.name, host.address, look.say(STATES[host.state])].map((text) => span(text)),
            linkCell(host, look.say),
            span(`${clockTime(host.heard)}  ${host.version ?? ''}`),
          ],
          columns,
        ),
      open: (host) => openHost(context, host),
      openLabel: say('Details', '详情'),
      keys: () => keys(context),
      empty: say('no hosts yet: F3 issues a token', '尚无主机：F3 签发令牌'),
      then,
    }),
  );
}

function linkCell({ status, strays }: HostSummary, said: (words: Words) => string) {
  if (status !== 'Connected') return span(said(STATUSES[status]), 'bad');
  return strays === undefined ? span(said(STATUSES[status]), 'good') : span(said(STRAYS), 'bad');
}

const oldSince = (read: number, why: Words): Words =>
  say(
    `! as of ${clockTime(read)}, not read since: ${why.en}`,
    `! ${clockTime(read)} 的状态，此后未能读取：${why.zh}`,
  );

/** The last part takes what it needs. */
const inColumns = (parts: readonly Span[], columns: number): Line =>
  parts.flatMap((part, at) => {
    const width = [nameWidth(columns), ...WIDTHS][at];
    return width === undefined ? [part] : [...fitLine([part], width - 1), span(' ')];
  });

const openHost = (context: Context, host: HostSummary): void =>
  context.stage.open(
    message({
      title: same(host.name),
      lines: [
        same(host.uuid),
        say(`address ${host.address}, cluster ${host.cluster}`, `地址 ${host.address}，集群 ${host.cluster}`),
        say(
          `${STATES[host.state].en}, ${STATUSES[host.status].en}`,
          `${STATES[host.state].zh}，${STATUSES[host.status].zh}`,
        ),
        say(
          `last sign of life ${day(host.heard)} ${clockTime(host.heard)}`,
          `最近一次存活信号 ${day(host.heard)} ${clockTime(host.heard)}`,
        ),
        ...(host.version === undefined ? [] : [say(`version ${host.version}`, `版本 ${host.version}`)]),
        ...(host.why === undefined ? [] : [say(`why: ${host.why.en}`, `原因：${host.why.zh}`)]),
        ...strayLines(host.strays ?? []),
      ],
    }),
  );

/** What is there and not known here, with what it comes of. */
const strayLines = (strays: readonly StrayVm[]): Words[] =>
  strays.length === 0
    ? []
    : [
        same(''),
        say(
          '! VMs there that the records do not know: was an older dump restored? They are left alone.',
          '! 该主机上有记录中不存在的云主机：是否恢复过较早的备份？不会改动它们。',
        ),
        ...strays.map(({ name, state, uuid }) => same(printable(`${name}  ${state}  ${uuid}`))),
      ];

const keys = (context: Context) => [
  {
    keys: ['f3'],
    label: say('New token', '新令牌'),
    help: say('a right to join, told once', '签发加入令牌，仅显示一次'),
    run: () => openIssue(context),
  },
  {
    keys: ['f4'],
    label: say('Tokens', '令牌'),
    help: say('tokens that are still good; revoke one', '仍有效的令牌，可撤销'),
    run: () => void shown(context, () => openTokens(context)),
  },
  {
    keys: ['f6'],
    label: say('Fingerprint', '指纹'),
    help: say('what a join has to show', '加入时应显示的指纹'),
    run: () => void shown(context, () => openFingerprint(context)),
  },
];

async function shown(context: Context, open: () => Promise<void>): Promise<void> {
  try {
    await open();
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}

async function openFingerprint(context: Context): Promise<void> {
  const { fingerprint, port } = await context.controller().call(TOKENS, {});
  context.stage.open(
    message({
      title: say('Fingerprint of this cluster', '本集群的指纹'),
      lines: [
        same(inGroups(fingerprint.slice(0, 32))),
        same(inGroups(fingerprint.slice(32))),
        say(`hosts connect to port ${port}`, `主机连接端口 ${port}`),
      ],
    }),
  );
}
