import { existsSync } from 'node:fs';
import { mkdir, rename, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Executor, withoutId } from '../../../api/plan.ts';
import { syncFolder } from '../../../system/files.ts';
import { mark } from '../mark.ts';
import type { ExpansionGiven } from './apply.ts';
import { compareTrees } from './compare.ts';
import { isKept, keepMounts } from './fstab.ts';
import { checkUnused } from './holders.ts';
import { isFrom, mount, rereadFstab, unmount } from './mounts.ts';
import { type Places, placesOf } from './places.ts';
import type { BindDisk, KeepMounts, MoveAside } from './plan.ts';

type SwitchExecutor<S extends MoveAside | BindDisk | KeepMounts> = Executor<S, ExpansionGiven>;

export const moveAside = (places: Places): SwitchExecutor<MoveAside> => ({
  compared: withoutId,
  async apply({ id, path }, { signal }) {
    const { old, files } = placesOf(places, path, id);
    await checkUnused(path);
    await rename(path, old);
    await checkUnused(old);
    // Whoever wrote since the proof left other times or sizes.
    await compareTrees(old, files, { signal });
    await mkdir(path);
    await syncFolder(dirname(path));
    await mark('+i', path);
  },
  async undo({ id, path }) {
    const { old } = placesOf(places, path, id);
    if (!existsSync(old)) return;
    if (existsSync(path)) {
      await mark('-i', path);
      await rmdir(path);
    }
    await rename(old, path);
    await syncFolder(dirname(path));
  },
  settle: async ({ id, path }) => (existsSync(placesOf(places, path, id).old) ? 'done' : 'not done'),
});

export const bindDisk = (places: Places): SwitchExecutor<BindDisk> => ({
  compared: withoutId,
  apply: ({ id, path }) => mount('--bind', placesOf(places, path, id).files, path),
  /** After a start its old disk may be there again. */
  async undo({ id, path }) {
    if (await isFrom(path, id)) await unmount(path);
  },
  settle: async ({ id, path }) => ((await isFrom(path, id)) ? 'done' : 'not done'),
});

/** Also after a start, whose mounts are those of fstab: going back ends them. */
export const writeFstab = (places: Places): SwitchExecutor<KeepMounts> => ({
  compared: withoutId,
  async apply(step) {
    await keepMounts(places, step, true);
    await rereadFstab();
  },
  async undo(step) {
    await keepMounts(places, step, false);
    await rereadFstab();
  },
  settle: async ({ id, path }) => ((await isKept(places, path, id)) ? 'done' : 'not done'),
});
