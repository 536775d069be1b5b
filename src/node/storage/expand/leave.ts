import { mkdir, rmdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../../api/fault.ts';
import { type Executor, keepsake, withoutId } from '../../../api/plan.ts';
import { say } from '../../../api/words.ts';
import { isMarked, mark } from '../mark.ts';
import type { ExpansionGiven } from './apply.ts';
import { compareTrees } from './compare.ts';
import { checkUnused } from './holders.ts';
import { isFrom, mount, mountedAt, unmount } from './mounts.ts';
import { lyingOf } from './own.ts';
import { type Places, placesOf } from './places.ts';
import type { LeaveDisk, OwnDisk } from './plan.ts';
import { isClaimed } from './probe.ts';

/** Whether the folder below the mount was marked before. */
const MARKED = keepsake<{ before: boolean }>('folder-mark');

const AGAIN_MILLISECONDS = 250;
const MOST_TRIES = 20;

/** The old disk goes from its folder, whole, and is not mounted at all any more. The folders stay for the way back. */
export const leaveDisk = (places: Places): Executor<LeaveDisk, ExpansionGiven> => ({
  compared: withoutId,
  async apply({ id, path, from }, { signal, kept }) {
    const { own } = await lyingOf(places, path);
    // A copy takes hours.
    if (own === undefined || !isSame(own, from)) throw movedOn(path);
    for (const at of from.at) await checkUnused(at);
    for (const at of from.at.toReversed()) await unmount(at);
    await waitUnclaimed(own.device);
    // Whoever wrote since the proof left other times or sizes; nobody can from now on.
    const [first, files] = firstOf(places, path, from);
    await mount('-o', 'ro', own.device, first);
    await compareTrees(files, placesOf(places, path, id).files, { signal });
    await unmount(first);
    await kept.keep(MARKED, { before: await isMarked(path) });
    await mark('+i', path);
  },
  /** As its lines of fstab say, which are there again by now. */
  async undo({ path, from }, { kept }) {
    const marked = await kept.find(MARKED);
    if (marked?.before === false && mountedAt(path) === undefined) await mark('-i', path);
    for (const at of from.at) await mountAgain(places, at, from.uuid);
  },
  settle: async () => 'done',
  async forget({ path, from }) {
    for (const at of from.at) if (at !== path && mountedAt(at) === undefined) await rmdir(at).catch(onlyGone);
  },
});

/** Where its disk is mounted as a whole, and where the storage's files are there. */
function firstOf(places: Places, path: string, { uuid, at }: OwnDisk): [string, string] {
  const { mount: whole, files } = placesOf(places, path, uuid);
  return at.length > 1 ? [whole, files] : [path, path];
}

const isSame = (one: OwnDisk, other: OwnDisk): boolean =>
  one.uuid === other.uuid && `${one.at}` === `${other.at}` && `${one.rows}` === `${other.rows}`;

const movedOn = (path: string): Fault =>
  new Fault(
    'conflict',
    say(`${path} is not mounted as it was before the copy`, `${path} 的挂载与复制前不同`),
    { field: 'storage' },
  );

/** Mounts that others see and we do not hold a disk too. */
async function waitUnclaimed(device: string): Promise<void> {
  for (let tries = 0; await isClaimed(device); tries += 1) {
    if (tries >= MOST_TRIES) throw held(device);
    await sleep(AGAIN_MILLISECONDS);
  }
}

const held = (device: string): Fault =>
  new Fault(
    'conflict',
    say(`a program has ${device} mounted for itself`, `有程序在自己的挂载空间中使用 ${device}`),
    { field: 'storage' },
  );

async function mountAgain(places: Places, at: string, uuid: string): Promise<void> {
  if (mountedAt(at) === undefined) {
    await mkdir(at, { recursive: true, mode: 0o755 });
    await mount('--fstab', places.fstab, at);
  }
  // A disk that is away is no fault of a line that bears it.
  if (!(await isFrom(at, uuid)))
    throw new Fault('failed', say(`the old disk (UUID ${uuid}) is away`, `旧磁盘（UUID ${uuid}）不在`));
  // As it was for the last comparison; a bind mount would take that over.
  const there = mountedAt(at);
  if (there?.readOnly) await mount('-o', 'remount,rw', there.source, at);
}

const onlyGone = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error;
};
