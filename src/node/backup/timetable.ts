import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Executor, Plan, Step } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import { isSystemdRunning, systemctl } from '../../system/systemctl.ts';
import type { Timetable } from './schema.ts';

const TIMER = 'zs-backup.timer';
/** What the package's own timer does. */
const PACKAGED: Timetable = { times: ['00:30', '12:30'], keep: 14 };
const FILE_LIMIT = 64 * 1024;
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/** @param units folder of the node's own unit files */
export const timetableFolder = (units: string): string => join(units, `${TIMER}.d`);
const dropIn = (units: string): string => join(timetableFolder(units), 'timetable.conf');

/** The timetable in force. @param units folder of the node's own unit files */
export async function readTimetable(units: string): Promise<Timetable> {
  const text = await readText(dropIn(units), FILE_LIMIT);
  if (text === undefined) return PACKAGED;
  const times = [...text.matchAll(/^OnCalendar=\*-\*-\* (\d\d:\d\d):00$/gm)].map(([, time = '']) => time);
  const keep = Number(/^Keep=(\d+)$/m.exec(text)?.[1] ?? PACKAGED.keep);
  return { times, keep };
}

/** One file, so that it is the old or the new one at every moment. systemd passes over sections that begin with `X-`. */
const textOf = ({ times, keep }: Timetable): string =>
  [
    '# When the management database is dumped: set by Backup Database and by zstack-ctl backup_timetable.',
    '[Timer]',
    'OnCalendar=',
    ...times.map((time) => `OnCalendar=*-*-* ${time}:00`),
    '',
    '[X-Backup]',
    `Keep=${keep}`,
    '',
  ].join('\n');

export interface SetTimetable extends Step, Timetable {
  readonly type: 'backup.setTimetable';
  /** The file before; null when there was none. */
  readonly before: string | null;
}

/** Reads what is needed to go back. */
export async function timetablePlan(units: string, wanted: Timetable): Promise<Plan<SetTimetable>> {
  const before = (await readText(dropIn(units), FILE_LIMIT)) ?? null;
  const when = wanted.times.join(' ');
  const words = say(
    `dump the database daily at ${when}, keep the newest ${wanted.keep}`,
    `每天 ${when} 备份数据库，保留最新 ${wanted.keep} 份`,
  );
  return { title: words, steps: [{ type: 'backup.setTimetable', words, before, ...wanted }], warnings: [] };
}

export const setTimetableIn = (units: string): Executor<SetTimetable> => ({
  apply: ({ times, keep }) => put(units, textOf({ times, keep })),
  undo: ({ before }) => put(units, before),
  // Nobody can tell whether systemd has read it: the file goes back, and is read once more.
  settle: async () => 'done',
});

async function put(units: string, text: string | null): Promise<void> {
  const path = dropIn(units);
  if (text === null) await rm(path, { force: true });
  else {
    await ensureFolder(dirname(path), FOLDER_MODE);
    await writeWhole(path, text, FILE_MODE);
  }
  // Without it there is no timer that runs: the file counts from the next boot.
  if (!isSystemdRunning()) return;
  await systemctl(['daemon-reload']);
  await systemctl(['try-restart', TIMER]);
}
