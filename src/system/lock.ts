import { closeSync, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { tryLock } from './posix.ts';
import { inTurn } from './serial.ts';

/**
 * Takes the lock on a data folder: one program changes it at a time. The kernel frees it when its holder dies. It is
 * on the folder itself, so that a read-only disk has one as well. Throws `conflict` that names the holder's pid.
 */
export function lockFolder(folder: string): { release(): void } {
  const fd = openSync(folder, 'r');
  if (tryLock(fd)) return { release: () => closeSync(fd) };
  const pid = holderOf(fstatSync(fd));
  closeSync(fd);
  const who = pid === undefined ? '' : ` (pid ${pid})`;
  throw new Fault(
    'conflict',
    say(`another process uses ${folder}${who}`, `另一个进程正在使用 ${folder}${who}`),
    { next: say('ask that one, or end it first', '请使用它，或先结束它') },
  );
}

const AGAIN_MILLISECONDS = 5;

/**
 * Runs the work while no other process that asks by the same folder runs its own: for what is read, changed and
 * written back in a few milliseconds. The folder must exist; who waits is not told.
 */
export const alone = <T>(folder: string, work: () => Promise<T>): Promise<T> =>
  inTurn(folder, async () => {
    const fd = openSync(folder, 'r');
    try {
      while (!tryLock(fd)) await sleep(AGAIN_MILLISECONDS);
      return await work();
    } finally {
      closeSync(fd);
    }
  });

/** The pid that /proc/locks names for this file; undefined when it is in another pid namespace or on an odd file system. */
function holderOf(file: Stats): number | undefined {
  const row = new RegExp(`FLOCK .* (\\d+) [0-9a-f]+:[0-9a-f]+:${file.ino} `).exec(
    readFileSync('/proc/locks', 'latin1'),
  );
  return row === null ? undefined : Number(row[1]);
}
