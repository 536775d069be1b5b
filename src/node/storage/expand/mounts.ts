import { rmdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { run } from '../../../system/exec.ts';
import { type Mount, mountsNow } from '../../../system/proc.ts';
import { isSystemdRunning, systemctl } from '../../../system/systemctl.ts';
import { fileSystemOn } from './probe.ts';

const MILLISECONDS = 120_000;
const AGAIN_MILLISECONDS = 250;
const MOST_TRIES = 12;

/** It ends with this program: nobody works on a disk that is being taken back. */
export const ENDS_WITH_US = ['setpriv', '--pdeathsig', 'KILL', '--'];

/** Runs a program so. Throws `failed` with the first of its words. */
export async function work(argv: readonly string[], timeout = MILLISECONDS): Promise<void> {
  const { code, stdout, stderr } = await run([...ENDS_WITH_US, ...argv], { timeout });
  if (code === 0) return;
  const why = `${stderr}\n${stdout}`.trim().split('\n')[0] || `exit code ${code}`;
  throw new Fault('failed', say(`${argv[0]}: ${why}`, `${argv[0]}：${why}`));
}

/** What is mounted at a folder; undefined when nothing is. */
export const mountedAt = (path: string): Mount | undefined =>
  mountsNow().findLast(({ mountPoint }) => mountPoint === path);

/** Whether what is mounted at a folder is of the file system of that UUID. */
export async function isFrom(path: string, uuid: string): Promise<boolean> {
  const there = mountedAt(path);
  return there !== undefined && (await fileSystemOn(there.source)) === uuid;
}

export const mount = (...words: readonly string[]): Promise<void> => work(['mount', ...words]);

/** Nothing where nothing is mounted. What is only about to end there is waited for. */
export async function unmount(path: string): Promise<void> {
  for (let tries = 0; mountedAt(path) !== undefined; tries += 1) {
    const last = tries >= MOST_TRIES;
    await work(['umount', path]).catch((thrown) => {
      if (last) throw thrown;
      return sleep(AGAIN_MILLISECONDS);
    });
  }
}

/** The same, and its folder goes: only an empty one can. */
export async function unmountAway(path: string): Promise<void> {
  await unmount(path);
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** systemd makes its units of fstab when it is asked to. */
export async function rereadFstab(): Promise<void> {
  if (isSystemdRunning()) await systemctl(['daemon-reload']);
}
