import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type { CopyDone } from '../../src/node/backup/copy/schema.ts';
import type {
  BackupDone,
  BackupInfo,
  Backups,
  backupDatabase,
  DumpKind,
  listBackups,
} from '../../src/node/backup/schema.ts';
import type { shareBackup } from '../../src/node/logs/schema.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage, message } from '../../src/tui/message.ts';
import type { Binding, Look } from '../../src/tui/page.ts';
import { fitLine, type Line, span, wrap } from '../../src/tui/text.ts';
import { addressRows } from '../collect-logs/collect-logs.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import { followJob } from '../job/job.ts';
import type { Entry } from '../menu/entry.ts';
import { copyForm, copyRow } from './copy.ts';
import { notIn } from './not-in.ts';
import { askRestore } from './restore.ts';
import { timetableForm } from './timetable.ts';

const LABEL = say('Backup Database', '备份数据库');
const BACK_UP = reference<typeof backupDatabase>('database.backup');
const LIST = reference<typeof listBackups>('database.listBackups');
const SHARE = reference<typeof shareBackup>('database.shareBackup');

/** Dumps of the database: makes one, shows those that are there, hands the newest out, puts one back. */
export const backupEntry: Entry = {
  label: LABEL,
  roles: ['management'],
  help: [
    say(
      'A consistent dump of the database, proved by loading it beside the live one. Dumps are made by a timetable; any of them can be put back.',
      '一致性备份数据库，并在独立环境中加载验证。按时间表自动备份，任意一份都可恢复。',
    ),
  ],
  read: async (context) => presentWords(await context.controller().call(LIST, {})),
  open: (context) => open(context),
};

function presentWords({ backups, timetable, free }: Backups): Words[] {
  const [newest] = backups;
  const made = newest && `${minuteOf(newest.made)}  ${bytes(newest.size)}`;
  return [
    made === undefined ? say('! no backup yet', '! 尚无备份') : say(`newest: ${made}`, `最新：${made}`),
    say(`${backups.length} kept, ${bytes(free)} free`, `共 ${backups.length} 份，可用 ${bytes(free)}`),
    say(`daily at ${timetable.times.join(' ')}`, `每天 ${timetable.times.join(' ')}`),
  ];
}

/** `2026-11-22 20:47` in the machine's zone. */
const minuteOf = (time: number): string => new Date(time).toLocaleString('sv').slice(0, 16);

async function open(context: Context): Promise<void> {
  try {
    let now = await context.controller().call(LIST, {});
    const again = async () => {
      now = await context.controller().call(LIST, {});
      context.stage.refresh();
    };
    context.stage.open(
      list<BackupInfo>({
        title: LABEL,
        notes: (look, columns) => noteRows(now, look, columns),
        rows: () => now.backups,
        row: backupRow,
        open: (backup) => askRestore(context, backup, now.engine, again),
        openLabel: say('Restore this one', '恢复此份'),
        keys: () => keys(context, () => now, again),
        empty: say('no backup yet', '尚无备份'),
      }),
    );
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}

const WHAT_KEYS_DO = say(
  'F3 makes a backup. Enter puts the selected one in the place of the database, after asking.',
  'F3 立即备份。Enter 经确认后用选中的备份替换数据库。',
);

function noteRows(now: Backups, look: Look, columns: number): Line[] {
  const { folder, free, timetable } = now;
  const when = timetable.times.join(' ');
  const rows = [
    say(`${folder}  ${bytes(free)} free`, `${folder}  可用 ${bytes(free)}`),
    say(
      `daily at ${when}, the newest ${timetable.keep} are kept`,
      `每天 ${when}，保留最新 ${timetable.keep} 份`,
    ),
  ];
  const copy = copyRow(now);
  return [
    ...rows.map((words) => [span(look.say(words), 'dim')]),
    ...wrap(look.say(copy.words), columns, copy.bad ? 'warn' : 'dim'),
    ...(now.backups.length === 0 ? [] : wrap(look.say(WHAT_KEYS_DO), columns)),
  ];
}

const keys = (context: Context, now: () => Backups, again: () => Promise<void>): Binding[] => [
  {
    keys: ['f3'],
    label: say('Back up now', '立即备份'),
    help: say('dumps the database and proves the dump', '备份数据库并验证'),
    run: () => void backUp(context, again),
  },
  {
    keys: ['f4'],
    label: say('Download address', '下载地址'),
    help: say('the newest dump under an address for 24 hours', '以地址提供最新备份，24 小时有效'),
    run: () => void share(context),
  },
  {
    keys: ['f6'],
    label: say('Timetable', '时间表'),
    help: say('when it dumps by itself, and how many dumps are kept', '自动备份的时间与保留份数'),
    run: () => context.stage.open(timetableForm(context, now().timetable, again)),
  },
  {
    keys: ['f7'],
    label: say('Copy elsewhere', '异机副本'),
    help: say('the other machine that each backup is copied to', '每个备份复制到的另一台机器'),
    run: () => context.stage.open(copyForm(context, now(), again)),
  },
];

const KINDS: Record<DumpKind, Words> = {
  MySQL: say('MySQL', 'MySQL'),
  embedded: say('embedded', '内置存储'),
  unknown: say('! no dump', '! 非备份'),
};

const backupRow = ({ path, kind, size, made }: BackupInfo, look: Look): Line => [
  ...fitLine([span(minuteOf(made))], 17),
  ...fitLine([span(bytes(size))], 6),
  ...fitLine([span(look.say(KINDS[kind]))], 9),
  span(path.split('/').at(-1) ?? ''),
];

async function backUp(context: Context, again: () => Promise<void>): Promise<void> {
  await followJob<BackupDone>(context, BACK_UP, () => context.controller().start(BACK_UP, {}), {
    title: LABEL,
    told: async (done) => [...(await addressOf(context, done)), ...summary(done)],
    done: say('The database is backed up.', '数据库已备份。'),
  });
  await again().catch(() => undefined);
}

/** The dump that was just made under an address, as F4 gives it. */
async function addressOf(context: Context, { path }: BackupDone): Promise<(Words | Line)[]> {
  try {
    const shared = await context.controller().call(SHARE, {});
    return shared.path === path ? addressRows(shared.url, shared.expires) : [];
  } catch (thrown) {
    const { words } = Fault.from(thrown);
    return [say(`no address: ${words.en}`, `没有地址：${words.zh}`)];
  }
}

function summary({ path, size, verified, left, removed, copy }: BackupDone): (Words | Line)[] {
  const proof =
    'why' in verified
      ? verified.why
      : say(
          `proven: ${verified.tables} tables, ${verified.rows} rows`,
          `已验证：${verified.tables} 张表，${verified.rows} 行`,
        );
  const gone = removed.map((name) => say(`removed: ${name}`, `已删除：${name}`));
  return [
    same(path),
    same(bytes(size)),
    proof,
    ...notIn(left),
    ...gone,
    ...(copy === undefined ? [] : [copied(copy)]),
  ];
}

const copied = ({ to, why }: CopyDone): Words =>
  why === undefined
    ? say(`copied to ${to}`, `已复制到 ${to}`)
    : say(`! not copied to ${to}: ${why.en}`, `! 未复制到 ${to}：${why.zh}`);

async function share(context: Context): Promise<void> {
  try {
    const { url, expires, path } = await context.controller().call(SHARE, {});
    const rows = [[span(path)], ...addressRows(url, expires)];
    context.stage.open(
      message({
        title: LABEL,
        lines: (look) => rows.map((row) => ('en' in row ? [span(look.say(row))] : row)),
      }),
    );
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}
