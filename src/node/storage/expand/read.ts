import { existsSync } from 'node:fs';
import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import { mustRun } from '../../../system/exec.ts';
import { roomIn, type Storages } from '../local/storages.ts';
import { readDisks } from './disks.ts';
import { isKept } from './fstab.ts';
import { mountedAt, mountsNow } from './mounts.ts';
import { type Places, placesOf } from './places.ts';
import { fileSystemOn } from './probe.ts';
import type { Expansion, LocalStorage } from './schema.ts';

const COUNT_MILLISECONDS = 600_000;

/** Bytes that a folder's files take on their disk, other file systems in it left out. */
export async function bytesIn(path: string): Promise<number> {
  const argv = ['du', '--summarize', '--one-file-system', '--block-size=1', '--', path];
  return Number((await mustRun(argv, { timeout: COUNT_MILLISECONDS })).split('\t')[0]);
}

/** Storages as they are, and disks as they are. */
export async function expansionNow(storages: Storages, places: Places): Promise<Expansion> {
  const all = [...(await storages.all())].sort(([, one], [, other]) => one.localeCompare(other));
  return {
    storages: await Promise.all(all.map(([storage, path]) => readStorage(places, storage, path))),
    disks: await readDisks(places),
  };
}

async function readStorage(places: Places, storage: string, path: string): Promise<LocalStorage> {
  if (!existsSync(path)) return { storage, path, total: 0, free: 0, problem: say('not there', '不存在') };
  const [{ total, available }, old, problem] = [
    await roomIn(path),
    await oldOf(places, path),
    folderProblem(path),
  ];
  return {
    ...{ storage, path, total, free: available },
    ...(old === undefined ? {} : { old: { path: old, bytes: await bytesIn(old) } }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Why a folder cannot be put onto another disk; undefined when nothing stands against it. */
export function folderProblem(path: string): Words | undefined {
  const within = mountsNow().find(
    ({ mountPoint }) => mountPoint === path || mountPoint.startsWith(`${path}/`),
  );
  if (within === undefined) return undefined;
  return within.mountPoint === path
    ? say(`it is on a disk of its own already (${within.source})`, `已位于独立磁盘（${within.source}）`)
    : say(`${within.mountPoint} is mounted in it`, `其中挂载了 ${within.mountPoint}`);
}

/** What a storage was copied from, while the disk is in its place for good; undefined when nothing is. */
export async function oldOf(places: Places, path: string): Promise<string | undefined> {
  const there = mountedAt(path);
  if (there?.type !== 'xfs') return undefined;
  const id = await fileSystemOn(there.source);
  if (id === undefined || !(await isKept(places, path, id))) return undefined;
  const { old } = placesOf(places, path, id);
  return existsSync(old) && mountedAt(old) === undefined ? old : undefined;
}

export const noOld = (path: string): Fault =>
  new Fault('conflict', say(`${path} has no old files beside it`, `${path} 旁没有旧文件`), {
    field: 'storage',
  });
