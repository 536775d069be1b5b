import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { mapReading, type Reading } from '../../src/api/reading.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type {
  Clock,
  Ntp,
  RemoteLog,
  readSystem,
  Ssh,
  SystemSettings,
} from '../../src/node/system-settings/schema.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage } from '../../src/tui/message.ts';
import type { Look } from '../../src/tui/page.ts';
import { fitLine, type Line, span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import type { Entry } from '../menu/entry.ts';
import { told } from '../menu/values.ts';
import { settingForms } from './forms.ts';
import { sshPage } from './ssh.ts';

const LABEL = say('System Settings', '系统设置');
const READ = reference<typeof readSystem>('system.read');
const LABEL_COLUMNS = 18;

/** Hostname, time zone, clock, NTP, keyboard, SSH, log server and screen of this machine. */
export const systemSettingsEntry: Entry = {
  label: LABEL,
  help: [
    say(
      'Hostname, time zone, clock, NTP servers, keyboard, SSH with its fingerprints, log server, screen blanking.',
      '主机名、时区、时钟、NTP 服务器、键盘、SSH 及指纹、日志服务器、屏幕保护。',
    ),
  ],
  read: async (context) => {
    const settings = await context.controller().call(READ, {});
    return ROWS.map(({ label, value }) => told(label, shownWords(value(settings))));
  },
  open: (context) => open(context),
};

interface Row {
  label: Words;
  /** What is set, or why nobody knows. */
  value(settings: SystemSettings): Reading<Words>;
  open(context: Context, settings: SystemSettings, then: () => void): void;
}

const ROWS: readonly Row[] = [
  {
    label: say('Hostname', '主机名'),
    value: ({ hostname }) => mapReading(hostname, same),
    open: settingForms.hostname,
  },
  {
    label: say('Time zone', '时区'),
    value: ({ zone }) => mapReading(zone, same),
    open: settingForms.zone,
  },
  {
    label: say('Clock', '时钟'),
    value: ({ clock }) => mapReading(clock, clockWords),
    open: settingForms.clock,
  },
  {
    label: say('NTP servers', 'NTP 服务器'),
    value: ({ ntp }) => mapReading(ntp, ntpWords),
    open: settingForms.ntp,
  },
  {
    label: say('Keyboard', '键盘'),
    value: ({ keyboard }) => mapReading(keyboard, (layout) => (layout === '' ? NOT_SET : same(layout))),
    open: settingForms.keyboard,
  },
  {
    label: say('SSH', 'SSH'),
    value: ({ ssh }) => mapReading(ssh, sshWords),
    open: (context, { ssh }, then) => context.stage.open(sshPage(context, ssh, then)),
  },
  {
    label: say('Log server', '日志服务器'),
    value: ({ remoteLog }) => mapReading(remoteLog, remoteLogWords),
    open: settingForms.remoteLog,
  },
  {
    label: say('Screen blanking', '屏幕关闭'),
    value: ({ blanking }) => mapReading(blanking, blankingWords),
    open: settingForms.blanking,
  },
];

/** The list stands still, and a time in it would be wrong soon. */
function clockWords({ client }: Clock): Words {
  const name = client?.replace('.service', '');
  return name === undefined
    ? say('set by hand: no NTP client runs', '手动设置：没有运行 NTP 客户端')
    : say(`kept by ${name}`, `由 ${name} 校时`);
}

const NOT_SET = say('not set', '未设置');

function ntpWords({ servers, others, service, synced }: Ntp): Words {
  const from = servers.join(' ');
  const besides = others.map(({ server }) => server).join(' ');
  const own =
    besides === ''
      ? say('those of the system', '系统自带')
      : say(`those of the system: ${besides}`, `系统自带：${besides}`);
  const more = from === '' || besides === '' ? '' : ` + ${besides}`;
  const state = synced ? say('in step', '已同步') : say('! not in step', '! 未同步');
  return say(
    `${from || own.en}${more} (${service.replace('.service', '')}, ${state.en})`,
    `${from || own.zh}${more}（${service.replace('.service', '')}，${state.zh}）`,
  );
}

function sshWords({ on, boots, sessions }: Ssh): Words {
  const count = sessions.length;
  const now = on ? say(`on, ${count} in now`, `启用，当前 ${count} 个会话`) : say('off', '停用');
  if (on === boots) return now;
  return boots
    ? say(`${now.en}; on at the next start`, `${now.zh}；下次启动时启用`)
    : say(`${now.en}; off at the next start`, `${now.zh}；下次启动时停用`);
}

function remoteLogWords({ server, others, active }: RemoteLog): Words {
  const besides = others.map((other) => other.server);
  const all = [
    ...(server === null ? [] : [`${server.host} (${server.protocol.toUpperCase()} ${server.port})`]),
    ...besides,
  ].join(' + ');
  if (all === '') return say('none: kept on this machine alone', '无：仅保存在本机');
  return active ? same(all) : say(`! ${all}: rsyslog does not run`, `! ${all}：rsyslog 未运行`);
}

const blankingWords = (minutes: number): Words =>
  minutes === 0 ? say('never', '永不') : say(`after ${minutes} min`, `${minutes} 分钟后`);

async function open(context: Context): Promise<void> {
  try {
    let settings = await context.controller().call(READ, {});
    const again = async () => {
      settings = await context.controller().call(READ, {});
      context.stage.refresh();
    };
    const then = () => void again().catch((thrown) => context.stage.notice(Fault.from(thrown).words, 'warn'));
    const openRow = async (row: Row) => {
      // The form begins with what is so now: time has passed, and others may have changed a setting or mended a daemon.
      await again();
      openSetting(context, row, settings, then);
    };
    context.stage.open(
      list<Row>({
        title: LABEL,
        rows: () => ROWS,
        row: (row, look) => rowLine(row, settings, look),
        open: (row) =>
          openRow(row).catch((thrown) => context.stage.open(faultMessage(Fault.from(thrown), row.label))),
        openLabel: say('Change', '更改'),
        empty: say('none', '无'),
      }),
    );
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}

function openSetting(context: Context, row: Row, settings: SystemSettings, then: () => void): void {
  const value = row.value(settings);
  if (value.state !== 'unknown') {
    row.open(context, settings, then);
    return;
  }
  const { en, zh } = value.why;
  const fault = new Fault('unavailable', say(`It cannot be set here: ${en}`, `此处无法设置：${zh}`));
  context.stage.open(faultMessage(fault, row.label));
}

/** What is set, or why nobody knows. */
const shownWords = (now: Reading<Words>): Words =>
  now.state === 'unknown' ? say(`unavailable: ${now.why.en}`, `不可用：${now.why.zh}`) : now.value;

function rowLine({ label, value }: Row, settings: SystemSettings, look: Look): Line {
  const now = value(settings);
  const text = look.say(shownWords(now));
  return [
    ...fitLine([span(look.say(label), 'label')], LABEL_COLUMNS),
    span(text, now.state === 'unknown' ? 'dim' : 'plain'),
  ];
}
