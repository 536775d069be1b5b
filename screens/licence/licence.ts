import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type { installLicence, Licence, LicenceState, readLicence } from '../../src/node/licence/schema.ts';
import { form } from '../../src/tui/form.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage } from '../../src/tui/message.ts';
import type { Look } from '../../src/tui/page.ts';
import { fitLine, type Line, span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { day } from '../format.ts';
import { LICENCE_TYPES } from '../main/licence-types.ts';
import type { Entry } from '../menu/entry.ts';
import { told } from '../menu/values.ts';

const LABEL = say('Licence', '许可证');
const READ = reference<typeof readLicence>('licence.read');
const INSTALL = reference<typeof installLicence>('licence.install');
const COLUMNS = 16;
const DAY = 86_400_000;

/** Request code, type and end of the licence; loads another one. */
export const licenceEntry: Entry = {
  label: LABEL,
  roles: ['management'],
  help: [
    say('Request code, type and expiry; loads a licence file.', '申请码、类型与到期时间；加载许可证文件。'),
    say('Without one: community, which does not expire.', '没有许可证时为社区版，永久有效。'),
  ],
  read: async (context) => {
    const state = await context.controller().call(READ, {});
    return rowsOf(state, context.stage.look).map(({ label, value }) => told(label, value));
  },
  open: (context) => open(context),
};

interface Row {
  label: Words;
  value: Words;
}

async function open(context: Context): Promise<void> {
  try {
    let state = await context.controller().call(READ, {});
    const show = (next: LicenceState) => {
      state = next;
      context.stage.refresh();
    };
    context.stage.open(
      list<Row>({
        title: LABEL,
        rows: () => rowsOf(state, context.stage.look),
        row: ({ label, value }, look): Line => [
          ...fitLine([span(look.say(label), 'label')], COLUMNS),
          span(look.say(value)),
        ],
        keys: () => keys(context, show),
        empty: say('none', '无'),
      }),
    );
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}

const keys = (context: Context, show: (state: LicenceState) => void) => [
  {
    keys: ['f3'],
    label: say('Reload', '重新加载'),
    help: say('reads the file again', '重新读取文件'),
    run: () => void reload(context, show),
  },
  {
    keys: ['f4'],
    label: say('Load a file', '加载文件'),
    help: say('checks a licence file and puts it in force', '校验许可证文件并启用'),
    run: () => loadForm(context, show),
  },
];

async function reload(context: Context, show: (state: LicenceState) => void): Promise<void> {
  try {
    show(await context.controller().call(READ, {}));
    context.stage.notice(say('read again', '已重新读取'));
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}

const loadForm = (context: Context, show: (state: LicenceState) => void): void =>
  context.stage.open(
    form({
      title: say('Load a licence', '加载许可证'),
      notes: [
        say(
          'Path of the file on this node, such as /root/license.txt.',
          '文件在本节点上的路径，例如 /root/license.txt。',
        ),
      ],
      fields: [
        { name: 'file', label: say('File', '文件'), kind: 'text', value: '/root/license.txt', columns: 48 },
      ],
      schema: async () => (await import('../../src/node/licence/schema.ts')).installLicence.input,
      submit: async ({ file }) => show(await context.controller().call(INSTALL, { file: String(file) })),
      done: () => context.stage.notice(say('The licence is in force.', '许可证已启用。')),
    }),
  );

function rowsOf({ requestCode, licence, path }: LicenceState, look: Look): Row[] {
  const code = requestCode.state === 'unknown' ? unavailable(requestCode.why) : same(requestCode.value);
  return [
    { label: say('Request code', '申请码'), value: code },
    ...(licence.state === 'unknown'
      ? [{ label: say('Type', '类型'), value: unavailable(licence.why) }]
      : licenceRows(licence.value, look)),
    { label: say('File', '文件'), value: same(path) },
  ];
}

const unavailable = (why: Words): Words => say(`unavailable: ${why.en}`, `不可用：${why.zh}`);

function licenceRows(licence: Licence, look: Look): Row[] {
  const row = (label: Words, value: string | number | undefined): Row[] =>
    value === undefined ? [] : [{ label, value: same(String(value)) }];
  return [
    { label: say('Type', '类型'), value: LICENCE_TYPES[licence.type] ?? same(licence.type) },
    { label: say('Expires', '到期'), value: endWords(licence.expires, look.now) },
    ...row(say('User', '用户'), licence.user),
    ...row(say('Issued', '签发'), licence.issued === undefined ? undefined : day(licence.issued)),
    ...row(say('Hosts', '主机数'), licence.hosts),
    ...row(say('CPUs', 'CPU 数'), licence.cpus),
  ];
}

/** Good up to the end of its last day. */
function endWords(expires: number | undefined, now: number): Words {
  if (expires === undefined) return say('never', '永久');
  const days = Math.floor((expires + DAY - now) / DAY);
  const date = day(expires);
  if (now >= expires + DAY) return say(`! ended on ${date}`, `! 已于 ${date} 到期`);
  return say(`${date}, ${days} d left`, `${date}，剩余 ${days} 天`);
}
