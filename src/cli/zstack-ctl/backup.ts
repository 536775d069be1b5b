import { resolve } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { same } from '../../api/words.ts';
import type {
  BackupDone,
  backupDatabase,
  listBackups,
  Restored,
  restoreDatabase,
  setTimetable,
} from '../../node/backup/schema.ts';
import { passwordHelp } from '../password.ts';
import { BACKUP_COPY } from './backup-copy.ts';
import { type CtlCommand, FD, password, ROOT, said, text } from './command.ts';

/** Dumps of the database: made, copied, put back. */
export const BACKUP_COMMANDS: readonly CtlCommand[] = [
  {
    name: 'dump_mysql',
    summary: 'dump of the database, proven; prints its path',
    options: [
      ['--keep-amount <N>', 'how many to keep (as the timetable says: 14 when it was not changed)'],
      ['--file-name <NAME>', 'what its name begins with (zstack-backup-db)'],
    ],
    names: { keep: '--keep-amount', name: '--file-name' },
    run: async (node, given) => {
      const keep = text(given, 'keepAmount');
      const input = { name: text(given, 'fileName'), keep: keep === undefined ? undefined : Number(keep) };
      const answer = await node.long<typeof backupDatabase>('database.backup', input);
      const { verified } = answer;
      const proof = 'why' in verified ? [verified.why.en] : [];
      const left =
        answer.left === undefined
          ? []
          : [`! not in it, since it stands on nothing: view ${answer.left.join(', ')}`];
      return said(answer, answer.path, ...proof, ...left, ...copyLine(answer));
    },
  },
  {
    name: 'backup_timetable',
    summary: 'when the database is dumped by itself; with an option: change it',
    options: [
      ['--times <TIMES>', 'times of day, such as "00:30 12:30"'],
      ['--keep-amount <N>', 'how many dumps to keep'],
    ],
    names: { times: '--times', keep: '--keep-amount' },
    run: async (node, given) => {
      const read = async () => (await node.call<typeof listBackups>('database.listBackups', {})).timetable;
      const now = await read();
      const [times, keep] = [text(given, 'times'), text(given, 'keepAmount')];
      if (times !== undefined || keep !== undefined) {
        await node.call<typeof setTimetable>('database.setTimetable', {
          times: times ?? now.times.join(' '),
          keep: keep === undefined ? now.keep : Number(keep),
        });
      }
      const answer = await read();
      return said(answer, `daily at ${answer.times.join(' ')}, the newest ${answer.keep} are kept`);
    },
  },
  BACKUP_COPY,
  {
    name: 'restore_mysql',
    summary: 'put a dump in the place of the database, after a dump of what is there',
    options: [
      ['-f, --from-file <FILE>', 'the dump; one that brings anything but the databases of ZStack is refused'],
      ['--mysql-root-password <PASSWORD>', passwordHelp('MySQL root password', ROOT)],
      FD,
    ],
    names: { file: '--from-file', rootPassword: '--mysql-root-password' },
    run: async (node, given) => {
      const file = text(given, 'fromFile');
      if (file === undefined) throw new Fault('usage', same('--from-file is needed'));
      const { engine } = await node.call<typeof listBackups>('database.listBackups', {});
      const rootPassword =
        engine === 'MySQL'
          ? await password(given, 'mysqlRootPassword', ROOT, 'MySQL root password')
          : undefined;
      const input = { file: resolve(file), rootPassword };
      const answer = await node.long<typeof restoreDatabase>('database.restore', input);
      return said(
        answer,
        `restored; what was there: ${answer.safety ?? 'nothing'}`,
        ...leftLine(answer),
        ...runsAsLine(answer),
        answer.started ? 'the service runs on it' : 'the service is stopped; start it: zstack-ctl start_node',
      );
    },
  },
];

function leftLine({ left }: Restored): string[] {
  if (left === undefined) return [];
  return [`! in it as a comment alone, since it stands on what is not there: view ${left.join(', ')}`];
}

function runsAsLine({ definers, runsAs }: Restored): string[] {
  if (definers === undefined) return [];
  return [`what ran as ${definers.join(', ')} in the dump runs as ${runsAs} now`];
}

function copyLine({ copy }: BackupDone): string[] {
  if (copy === undefined) return [];
  return [copy.why === undefined ? `copied to ${copy.to}` : `! not copied to ${copy.to}: ${copy.why.en}`];
}
