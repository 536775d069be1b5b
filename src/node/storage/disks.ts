import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { Fault } from '../../api/fault.ts';
import { known, latestOf, lost, mapReading, type Reading, unknown } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { codeOf, whyOf } from '../../system/errno.ts';
import { type Mount, mountOf, parseMounts, type ReadText } from '../../system/proc.ts';
import type { Board } from '../facts/board.ts';
import type { DiskFact } from '../facts/schema.ts';
import type { Supplier } from '../facts/supplier.ts';
import type { Folder } from './folders.ts';
import { NEARLY_FULL, usedShare } from './full.ts';

/** Milliseconds that a file system may take to tell its size: a dead server takes for ever. */
const PATIENCE = 5000;

/** Each file system that hangs holds one of the four threads of Node's pool. */
const MOST_HANGING = 2;

/** As `df` reckons: `free` is what an ordinary program may still take, `share` is what is used of all but root's reserve. */
interface Space {
  total: number;
  free: number;
  share: number;
  readOnly: boolean;
}

/** Size and free space of the role's folders, read every ten seconds while watched. */
export function disksSupplier(
  board: Board,
  readText: ReadText,
  foldersOf: (mounts: readonly Mount[]) => Folder[],
): Supplier {
  const reader = new SpaceReader();
  const last = new Map<string, Reading<Space>>();
  let folders = foldersOf([]);
  const before = (path: string) => last.get(path) ?? NOT_READ;
  const latest = ({ path }: Folder) => (path === undefined ? NOT_CONFIGURED : before(path));
  const show = (shown: readonly Folder[]) =>
    board.set(
      'disks',
      shown.map((folder) => diskOf(folder, latest(folder))),
    );
  const readAll = async () => {
    const mounts = parseMounts(readText('/proc/self/mountinfo'));
    const now = foldersOf(mounts);
    folders = now;
    for (const { path } of now) {
      if (path !== undefined) last.set(path, await spaceOf(path, mounts, reader, before(path)));
      // One by one: what is known does not wait for a file system that does not answer.
      show(now);
    }
  };
  // Without the mounts (no file descriptor is left, say) no size can be told either.
  const read = () =>
    readAll().catch((thrown: unknown) => {
      for (const { path } of folders)
        if (path !== undefined) last.set(path, lost(before(path), whyOf(thrown), Date.now()));
      show(folders);
    });
  return { start: read, polls: [{ every: 5, read }] };
}

const NOT_CONFIGURED = unknown(say('not configured', '尚未配置'));
const NOT_READ = unknown(say('not read yet', '尚未读取'));

async function spaceOf(
  path: string,
  mounts: readonly Mount[],
  reader: SpaceReader,
  before: Reading<Space>,
): Promise<Reading<Space>> {
  try {
    return known(await reader.read(path, mountOf(path, mounts)));
  } catch (thrown) {
    // A folder that is gone has no last good size; one whose server does not answer has.
    return codeOf(thrown) === 'ENOENT'
      ? unknown(say('does not exist', '不存在'))
      : lost(before, whyOf(thrown), Date.now());
  }
}

function diskOf({ key, label, path = '-', needs = 0 }: Folder, reading: Reading<Space>): DiskFact {
  const space = latestOf(reading);
  const nearlyFull = space !== undefined && (space.free < needs || space.share >= NEARLY_FULL);
  return { key, label, path, space: mapReading(reading, ({ share: _, ...shown }) => shown), nearlyFull };
}

/**
 * Asks file systems for their size. One that does not answer (a network mount whose server is gone) is not asked
 * again before that answer is there, and when two hang, only those already known to answer are asked. Readings that
 * overlap (the first one of all and the first of a watcher) share one question.
 */
class SpaceReader {
  readonly #asked = new Map<string, Promise<StatsFs>>();
  readonly #hanging = new Set<string>();
  readonly #answered = new Set<string>();

  async read(path: string, mount: Mount | undefined): Promise<Space> {
    const place = mount?.mountPoint ?? '/';
    if (this.#hanging.has(place) || (this.#hanging.size >= MOST_HANGING && !this.#answered.has(place)))
      throw silent(place);
    const answer = await this.#inTime(path, place);
    this.#answered.add(place);
    return {
      total: answer.blocks * answer.bsize,
      free: answer.bavail * answer.bsize,
      share: usedShare(answer),
      readOnly: mount?.readOnly ?? false,
    };
  }

  #ask(path: string, place: string): Promise<StatsFs> {
    const answer = statfs(path).finally(() => {
      this.#asked.delete(path);
      this.#hanging.delete(place);
    });
    this.#asked.set(path, answer);
    return answer;
  }

  async #inTime(path: string, place: string): Promise<StatsFs> {
    const answer = this.#asked.get(path) ?? this.#ask(path, place);
    let timer: NodeJS.Timeout | undefined;
    // This program itself may have been held up: an answer that came meanwhile is taken in before the verdict.
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => setImmediate(() => reject(silent(place))), PATIENCE);
    });
    try {
      return await Promise.race([answer, late]);
    } catch (thrown) {
      if (this.#asked.get(path) === answer) this.#hanging.add(place);
      throw thrown;
    } finally {
      clearTimeout(timer);
    }
  }
}

const silent = (place: string): Fault =>
  new Fault('timeout', say(`${place} does not answer`, `${place} 没有响应`));
