import { existsSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { Fault } from '../../../api/fault.ts';
import { type Executor, withoutId } from '../../../api/plan.ts';
import { say, type Words } from '../../../api/words.ts';
import { runLines } from '../../../system/exec.ts';
import { ensureFolder } from '../../../system/files.ts';
import { compareTrees } from './compare.ts';
import { ENDS_WITH_US, mount, unmount, unmountAway, work } from './mounts.ts';
import { type Places, placesOf } from './places.ts';
import type { CopyFiles, FormatDisk, MountDisk, ProveCopy } from './plan.ts';
import { contentsOf, diskWith, fileSystemOn, isClaimed, makeBlank } from './probe.ts';
import type { Expanded } from './schema.ts';

/** What the steps are given, and tell. */
export interface ExpansionGiven {
  told: Partial<Expanded>;
  /** Bytes that the storage's files take. */
  used: number;
  progress(words: Words, fraction?: number): void;
}

type ExpansionExecutor<S extends FormatDisk | MountDisk | CopyFiles | ProveCopy> = Executor<
  S,
  ExpansionGiven
>;

/** A large disk that has to be discarded first takes its time. */
const FORMAT_MILLISECONDS = 600_000;

export const formatDisk = (places: Places): ExpansionExecutor<FormatDisk> => ({
  compared: withoutId,
  async apply({ id, device, size, erase }) {
    if (await isClaimed(device)) throw moved(device, say('it is in use now', '它正在使用中'));
    const holds = erase ? [] : await contentsOf(device, size);
    if (holds[0] !== undefined)
      throw moved(device, say(`it holds ${holds[0].en} now`, `它现有${holds[0].zh}`));
    if (erase) await work(['wipefs', '--all', device]);
    await work(['mkfs.xfs', '-q', '-m', `uuid=${id}`, device], FORMAT_MILLISECONDS);
  },
  /** Only the file system that was made here goes; a mount that was under way may have come about since. */
  async undo({ id }) {
    await unmountAway(placesOf(places, '/', id).mount);
    const device = await diskWith(id);
    if (device !== undefined) await makeBlank(device);
  },
  settle: async ({ id }) => ((await diskWith(id)) === undefined ? 'not done' : 'done'),
});

const moved = (device: string, { en, zh }: Words): Fault =>
  new Fault('conflict', say(`${device} is not touched: ${en}`, `未改动 ${device}：${zh}`), {
    field: 'device',
  });

export const mountDisk = (places: Places): ExpansionExecutor<MountDisk> => ({
  compared: withoutId,
  async apply({ id, device }) {
    if ((await fileSystemOn(device)) !== id)
      throw moved(device, say('it is another disk now', '它已是另一块磁盘'));
    const { mount: at } = placesOf(places, '/', id);
    await ensureFolder(places.mounts, 0o755);
    await mkdir(at, { mode: 0o755 });
    await mount('-t', 'xfs', device, at);
  },
  undo: ({ id }) => unmountAway(placesOf(places, '/', id).mount),
  settle: async ({ id }) => (existsSync(placesOf(places, '/', id).mount) ? 'done' : 'not done'),
});

/** What is copied goes with the disk's file system. */
const GOES_WITH_DISK: Pick<Executor, 'undo' | 'settle'> = {
  undo: async () => undefined,
  settle: async () => 'not done',
};

const TELL_MILLISECONDS = 1_000;

export const copyFiles = (places: Places): ExpansionExecutor<CopyFiles> => ({
  ...GOES_WITH_DISK,
  compared: withoutId,
  async apply({ id, path, words }, { signal, given: { used, progress } }) {
    const { mount: at, files } = placesOf(places, path, id);
    const empty = await usedIn(at);
    const tell = async () => progress(words, share((await usedIn(at)) - empty, used));
    const telling = setInterval(() => void tell().catch(() => undefined), TELL_MILLISECONDS);
    try {
      await copy(path, files, signal);
    } finally {
      clearInterval(telling);
    }
  },
});

async function usedIn(path: string): Promise<number> {
  const { bsize, blocks, bfree } = await statfs(path);
  return bsize * (blocks - bfree);
}

const share = (done: number, all: number): number => (all === 0 ? 1 : Math.min(1, Math.max(0, done / all)));

/** With owners, times, links, holes and extended attributes. */
async function copy(from: string, to: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const argv = [...ENDS_WITH_US, 'cp', '--archive', '--sparse=auto', '--no-target-directory', '--', from, to];
  const child = runLines(argv, { onLine: () => undefined });
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  const { code, stderr } = await child.ended.finally(() => signal.removeEventListener('abort', stop));
  signal.throwIfAborted();
  if (code === 0) return;
  const why = stderr.trim().split('\n')[0] || `exit code ${code}`;
  throw new Fault('failed', say(`the copy ended: ${why}`, `复制中断：${why}`));
}

/** Mounted anew, what is compared comes from the disk. */
export const proveCopy = (places: Places): ExpansionExecutor<ProveCopy> => ({
  ...GOES_WITH_DISK,
  compared: withoutId,
  async apply({ id, path, device, words }, { signal, given: { told, used, progress } }) {
    const { mount: at, files } = placesOf(places, path, id);
    await unmount(at);
    await mount('-t', 'xfs', '-o', 'ro', device, at);
    let last = 0;
    // Not with every megabyte.
    const bytes = (sum: number) => {
      if (performance.now() - last < TELL_MILLISECONDS) return;
      last = performance.now();
      progress(words, share(sum, used));
    };
    Object.assign(told, await compareTrees(path, files, { signal, bytes }));
    await mount('-o', 'remount,rw', at);
  },
});
