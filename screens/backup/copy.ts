import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { latestOf } from '../../src/api/reading.ts';
import { Secret } from '../../src/api/secret-text.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type { CopyPlace, copyHostKey, endCopy, setCopy } from '../../src/node/backup/copy/schema.ts';
import type { Backups } from '../../src/node/backup/schema.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { type FormOptions, form } from '../../src/tui/form.ts';
import type { Field } from '../../src/tui/form-field.ts';
import { faultMessage, message } from '../../src/tui/message.ts';
import type { Binding, Look, Page } from '../../src/tui/page.ts';
import { progress } from '../../src/tui/progress.ts';
import { type Line, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';

const LABEL = say('Copy elsewhere', '异机副本');
const HOST_KEY = reference<typeof copyHostKey>('database.copyHostKey');
const SET = reference<typeof setCopy>('database.setCopy');
const END = reference<typeof endCopy>('database.endCopy');
const COLUMNS = 40;
const PORT_COLUMNS = 8;

/** Where backups are copied to besides, as one row of words; `bad` when the last copy failed. */
export function copyRow({ copy }: Backups): { words: Words; bad: boolean } {
  const row = ({ en, zh }: Words): Words => say(`${LABEL.en}: ${en}`, `${LABEL.zh}：${zh}`);
  if (copy.state === 'unknown') return { words: row(copy.why), bad: true };
  if (copy.value === null) return { words: row(say('none (F7 sets one)', '无（F7 设置）')), bad: false };
  const { place, last } = copy.value;
  const where = `${place.user}@${place.address} ${place.folder}`;
  if (last === undefined) return { words: row(say(`${where}, none yet`, `${where}，尚无副本`)), bad: false };
  const at = new Date(last.at).toLocaleString('sv').slice(0, 16);
  if (last.why === undefined)
    return { words: row(say(`${where}, ${at} ok`, `${where}，${at} 成功`)), bad: false };
  const { en, zh } = last.why;
  return { words: row(say(`${where}, ! ${at} failed: ${en}`, `${where}，! ${at} 失败：${zh}`)), bad: true };
}

type After = () => Promise<void>;

/** Asks where to; filled with what is set now, or with what was typed before. */
export function copyForm(context: Context, now: Backups, after: After, typed?: CopyPlace): Page {
  const set = latestOf(now.copy)?.place;
  let wanted: Wanted | undefined;
  const page: Page = form({
    title: LABEL,
    notes: [
      say(
        'Each backup is copied there by SFTP. Give every node a folder of its own: the newest are kept, older ones removed. The password is used once, to let this node’s own key in.',
        '每个备份通过 SFTP 复制到该机器。请为每个节点使用各自的目录：保留最新的，删除较旧的。密码只用一次，用于登记本节点的密钥。',
      ),
    ],
    fields: fieldsOf(typed ?? set),
    schema: async () => {
      const { copyPlace } = await import('../../src/node/backup/copy/schema.ts');
      return copyPlace;
    },
    async submit(values, { progress, signal }) {
      const { copyPlace } = await import('../../src/node/backup/copy/schema.ts');
      const { password } = values;
      if (!(password instanceof Secret)) return;
      const place = copyPlace.parse(values);
      const { address, port } = place;
      progress(say('asking for its host key', '正在获取主机密钥'));
      const { hostKey } = await context.controller().call(HOST_KEY, { address, port }, { signal });
      wanted = { place, password, hostKey };
    },
    done: () => (wanted === undefined ? undefined : ask(context, wanted, now, after)),
    ...(set === undefined ? {} : { keys: [offKey(context, set, () => page, after)] }),
  });
  return page;
}

interface Wanted {
  place: CopyPlace;
  password: Secret;
  hostKey: string;
}

const fieldsOf = (place: CopyPlace | undefined): FormOptions['fields'] => [
  {
    name: 'address',
    label: say('Address', '地址'),
    kind: 'text',
    columns: COLUMNS,
    help: say('IPv4, IPv6 or a hostname', 'IPv4、IPv6 或主机名'),
    ...filled(place?.address),
  },
  {
    name: 'port',
    label: say('Port', '端口'),
    kind: 'text',
    columns: PORT_COLUMNS,
    optional: true,
    value: String(place?.port ?? 22),
  },
  { name: 'user', label: say('User', '用户'), kind: 'text', columns: COLUMNS, ...filled(place?.user) },
  {
    name: 'folder',
    label: say('Folder', '目录'),
    kind: 'text',
    columns: COLUMNS,
    help: say('an absolute path there; made if it is absent', '对方的绝对路径；不存在时创建'),
    ...filled(place?.folder),
  },
  { name: 'password', label: say('Password', '密码'), kind: 'secret', columns: COLUMNS },
];

const filled = (value: string | undefined): Pick<Field, 'value'> => (value === undefined ? {} : { value });

/** Nothing is trusted before a person has seen the fingerprint. */
function ask(context: Context, wanted: Wanted, now: Backups, after: After): void {
  const { place, hostKey } = wanted;
  const texts = (look: Look, columns: number): Line[] => [
    ...wrap(`${place.address}:`, columns),
    ...wrap(hostKey, columns, 'label'),
    ...wrap(look.say(COMPARE), columns),
  ];
  context.stage.open(
    confirm({
      title: say('Is this its host key?', '这是它的主机密钥吗？'),
      lines: texts,
      yes: () => void carryOut(context, wanted, after),
      no: () => context.stage.open(copyForm(context, now, after, place)),
    }),
  );
}

const COMPARE = say(
  'Compare it with what that machine says: ssh-keygen -l. Every copy checks it from now on.',
  '请与该机器上 ssh-keygen -l 的输出比较。以后每次复制都会检查。',
);

async function carryOut(context: Context, { place, password, hostKey }: Wanted, after: After): Promise<void> {
  const window = progress({ title: LABEL, background: () => undefined });
  context.stage.open(window.page);
  try {
    await context
      .controller()
      .call(SET, { ...place, password, hostKey }, { onProgress: ({ words }) => window.step(words) });
    window.line(same(`${place.user}@${place.address} ${place.folder}`));
    window.done(say('Every backup is copied there from now on.', '以后每个备份都会复制到该处。'));
  } catch (thrown) {
    window.failed(Fault.from(thrown));
  }
  await after().catch(() => undefined);
}

const offKey = (context: Context, set: CopyPlace, page: () => Page, after: After): Binding => ({
  keys: ['f8'],
  label: say('No copy', '取消副本'),
  help: say('copy backups no longer', '不再复制备份'),
  run: () => {
    context.stage.close(page());
    context.stage.open(
      confirm({
        title: LABEL,
        lines: [
          same(`${set.user}@${set.address} ${set.folder}`),
          say('Backups will be copied there no longer.', '备份将不再复制到该处。'),
        ],
        yes: () => void end(context, after),
      }),
    );
  },
});

async function end(context: Context, after: After): Promise<void> {
  try {
    const { staysThere } = await import('../../src/node/backup/copy/schema.ts');
    const { left } = await context.controller().call(END, {});
    context.stage.open(
      message({ title: LABEL, lines: (look, columns) => wrap(look.say(staysThere(left)), columns) }),
    );
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
  await after().catch(() => undefined);
}
