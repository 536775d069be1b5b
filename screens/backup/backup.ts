import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { BackupDone, BackupInfo, backupDatabase, listBackups } from '../../src/node/backup/schema.ts';
import type { shareBackup } from '../../src/node/logs/schema.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage, message } from '../../src/tui/message.ts';
import { fitLine, type Line, span } from '../../src/tui/text.ts';
import { addressRows } from '../collect-logs/collect-logs.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import { followJob } from '../job/job.ts';
import type { Entry } from '../menu/entry.ts';

const LABEL = say('Backup Database', '备份数据库');
const BACK_UP = reference<typeof backupDatabase>('database.backup');
const LIST = reference<typeof listBackups>('database.listBackups');
const SHARE = reference<typeof shareBackup>('database.shareBackup');

/** Dumps of the database: makes one, shows those that are there, hands the newest out. */
export const backupEntry: Entry = {
  label: LABEL,
  roles: ['management'],
  help: [
    say(
      'A consistent dump of the database, loaded into a throw-away server to prove it. The newest 14 are kept.',
      '一致性备份数据库，并在临时服务器中加载验证。保留最新 14 份。',
    ),
  ],
  open: (context) => void open(context),
};

async function open(context: Context): Promise<void> {
  try {
    const { backups, folder, free } = await context.controller().call(LIST, {});
    context.stage.open(
      list<BackupInfo>({
        title: LABEL,
        notes: (look) => [
          [span(`${folder}  ${look.say(say(`${bytes(free)} free`, `可用 ${bytes(free)}`))}`, 'dim')],
          [
            span(
              look.say(say('F3 makes one now, F4 hands the newest out.', 'F3 立即备份，F4 导出最新一份。')),
            ),
          ],
        ],
        rows: () => backups,
        row: backupRow,
        keys: () => keys(context),
        empty: say('no backup yet', '尚无备份'),
      }),
    );
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}

const keys = (context: Context) => [
  {
    keys: ['f3'],
    label: say('Back up now', '立即备份'),
    help: say('dumps the database and proves the dump', '备份数据库并验证'),
    run: () => void backUp(context),
  },
  {
    keys: ['f4'],
    label: say('Hand out', '导出'),
    help: say('the newest dump under an address for 24 hours', '以地址提供最新备份，24 小时有效'),
    run: () => void share(context),
  },
];

const backupRow = ({ path, size, made }: BackupInfo): Line => [
  ...fitLine([span(new Date(made).toLocaleString('sv').slice(0, 16))], 18),
  ...fitLine([span(bytes(size))], 10),
  span(path.split('/').at(-1) ?? ''),
];

const backUp = (context: Context): Promise<void> =>
  followJob<BackupDone>(context, BACK_UP, () => context.controller().start(BACK_UP, {}), {
    title: LABEL,
    told: summary,
    done: say('The database is backed up.', '数据库已备份。'),
  });

function summary({ path, size, verified, removed }: BackupDone): (Words | Line)[] {
  const proof =
    'why' in verified
      ? verified.why
      : say(
          `proven: ${verified.tables} tables, ${verified.rows} rows`,
          `已验证：${verified.tables} 张表，${verified.rows} 行`,
        );
  const gone = removed.map((name) => say(`removed: ${name}`, `已删除：${name}`));
  return [[span(path)], say(bytes(size), bytes(size)), proof, ...gone];
}

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
