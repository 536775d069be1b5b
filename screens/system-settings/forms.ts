import { reference } from '../../src/api/client.ts';
import { latestOf } from '../../src/api/reading.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type {
  Keyboard,
  listKeyboards,
  SystemChangeInput,
  SystemSettings,
} from '../../src/node/system-settings/schema.ts';
import { type Field, form, type Values } from '../../src/tui/form.ts';
import type { Page } from '../../src/tui/page.ts';
import type { Context } from '../context.ts';
import { proposed } from './make.ts';

interface SettingForm {
  title: Words;
  notes: readonly Words[];
  fields(settings: SystemSettings): readonly Field[];
  /** @param text what stands in a field, by its name; empty when nothing does */
  change(text: (name: string) => string): SystemChangeInput;
}

type OpenForm = (context: Context, settings: SystemSettings, then: () => void) => void;

/** A form filled with what is set; its submission shows the plan. It is there until the change is made. */
const settingForm =
  ({ title, notes, fields, change }: SettingForm): OpenForm =>
  (context, settings, then) => {
    const input = (values: Values) => change((name) => String(values[name] ?? ''));
    let plan: Page | undefined;
    const page = form({
      title,
      notes,
      fields: fields(settings),
      schema: async () => (await import('../../src/node/system-settings/schema.ts')).systemChange,
      input,
      submit: async (values) => {
        plan = await proposed(context, input(values), then, () => context.stage.close(page));
      },
      done: () => plan && context.stage.open(plan),
      stays: true,
      submitLabel: say('Show the plan', '查看计划'),
    });
    context.stage.open(page);
  };

const text = (name: string, label: Words, value: string | undefined, more: Partial<Field> = {}): Field => ({
  name,
  label,
  kind: 'text',
  value: value ?? '',
  present: value ?? '',
  ...more,
});

const hostname = settingForm({
  title: say('Hostname', '主机名'),
  notes: [
    say(
      'A short name without a dot: letters, digits and -, at most 63.',
      '不含点号的短名称：字母、数字和 -，最多 63 个字符。',
    ),
  ],
  fields: ({ hostname: now }) => [text('hostname', say('Hostname', '主机名'), latestOf(now))],
  change: (value) => ({ kind: 'hostname', hostname: value('hostname') }),
});

/** The machine's own list has them, and older names besides. */
const zones = () => ['UTC', ...Intl.supportedValuesOf('timeZone')].map((value) => ({ value }));

const zone = settingForm({
  title: say('Time zone', '时区'),
  notes: [say('Such as Asia/Shanghai, Europe/Berlin, UTC.', '例如 Asia/Shanghai、Europe/Berlin、UTC。')],
  fields: ({ zone: now }) => [
    text('zone', say('Time zone', '时区'), latestOf(now), { pick: { rows: zones() } }),
  ],
  change: (value) => ({ kind: 'zone', zone: value('zone') }),
});

const clock = settingForm({
  title: say('Clock', '时钟'),
  notes: [
    say(
      'Year, month, day and time of this time zone. The clock is set to it at the moment of Y.',
      '本时区的年、月、日和时间。按 Y 时设为该时间。',
    ),
  ],
  fields: ({ clock: now }) => [text('time', say('Time', '时间'), latestOf(now)?.time)],
  change: (value) => ({ kind: 'clock', time: value('time') }),
});

const ntp = settingForm({
  title: say('NTP servers', 'NTP 服务器'),
  notes: [
    say(
      'Names or addresses, with spaces between them. Empty: those that the system came with.',
      '名称或地址，以空格分隔。留空：使用系统自带的服务器。',
    ),
  ],
  fields: ({ ntp: now }) => [
    text('servers', say('Servers', '服务器'), latestOf(now)?.servers.join(' '), {
      optional: true,
      columns: 56,
    }),
  ],
  change: (value) => ({
    kind: 'ntp',
    servers: value('servers')
      .split(/[\s,]+/)
      .filter(Boolean),
  }),
});

const KEYBOARDS = reference<typeof listKeyboards>('system.listKeyboards');

const keyboardForm = (known: readonly Keyboard[]) =>
  settingForm({
    title: say('Keyboard', '键盘'),
    notes: [say('Layout of the keys, such as us, de, fr.', '键盘布局，例如 us、de、fr。')],
    fields: ({ keyboard: now }) => [
      text(
        'keyboard',
        say('Layout', '布局'),
        latestOf(now),
        known.length === 0 ? {} : { pick: picked(known) },
      ),
    ],
    change: (value) => ({ kind: 'keyboard', keyboard: value('keyboard') }),
  });

const picked = (known: readonly Keyboard[]) => ({
  rows: known.map(({ value, about }) => (about === '' ? { value } : { value, about: same(about) })),
});

/** A list that cannot be had is no reason not to type one. */
const keyboard: OpenForm = (context, settings, then) => {
  const known = context.controller().call(KEYBOARDS, {});
  void known.catch(() => []).then((rows) => keyboardForm(rows)(context, settings, then));
};

const blanking = settingForm({
  title: say('Screen blanking', '屏幕关闭'),
  notes: [say('Minutes without a key, 0 to 60; 0 is never.', '无按键的分钟数，0 到 60；0 表示永不。')],
  fields: ({ blanking: now }) => [
    text('minutes', say('Minutes', '分钟'), String(latestOf(now) ?? 0), { columns: 6 }),
  ],
  change: (value) => ({ kind: 'blanking', minutes: value('minutes') }),
});

const PROTOCOLS = [
  { value: 'tcp', label: say('TCP: waits while the server is away', 'TCP：服务器不可用时等待') },
  { value: 'udp', label: say('UDP: nobody knows whether it arrives', 'UDP：是否送达未知') },
];

const remoteLog = settingForm({
  title: say('Log server', '日志服务器'),
  notes: [
    say(
      'Every message of this machine goes there as well, by syslog. Empty: nowhere.',
      '本机的每条消息同时以 syslog 发送到该服务器。留空：不发送。',
    ),
  ],
  fields: ({ remoteLog: now }) => {
    const { server } = latestOf(now) ?? {};
    return [
      text('server', say('Server', '服务器'), server?.host, { optional: true }),
      {
        name: 'protocol',
        label: say('Protocol', '协议'),
        kind: 'choice',
        choices: PROTOCOLS,
        value: server?.protocol ?? 'tcp',
      },
      text('port', say('Port', '端口'), String(server?.port ?? 514), { columns: 6 }),
    ];
  },
  change: (value) => ({
    kind: 'remoteLog',
    server: value('server'),
    protocol: value('protocol') === 'udp' ? 'udp' : 'tcp',
    port: value('port'),
  }),
});

export const settingForms = { hostname, zone, clock, ntp, keyboard, blanking, remoteLog };
