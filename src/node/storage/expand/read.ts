import { existsSync } from 'node:fs';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { mustRun } from '../../../system/exec.ts';
import { whyAway } from '../away.ts';
import { roomIn, type Storages } from '../local/storages.ts';
import { readDisks } from './disks.ts';
import { heldBefore, isKept } from './fstab.ts';
import { mountedAt } from './mounts.ts';
import { lyingOf } from './own.ts';
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
  const away = await whyAway(places.fstab, path);
  if (away !== undefined) return { storage, path, total: 0, free: 0, problem: away };
  const [{ total, available }, old, problem] = [
    await roomIn(path),
    await oldOf(places, path),
    (await lyingOf(places, path)).problem,
  ];
  return {
    ...{ storage, path, total, free: available },
    ...(old === undefined ? {} : { old: { path: old, bytes: await bytesIn(old) } }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** What a storage was copied from, while the disk is in its place for good; undefined when nothing is. */
export async function oldOf(places: Places, path: string): Promise<string | undefined> {
  const there = mountedAt(path);
  if (there?.type !== 'xfs') return undefined;
  const id = await fileSystemOn(there.source);
  if (id === undefined || !(await isKept(places, path, id))) return undefined;
  // They stay beside it when it goes from its first disk onto another one.
  const before = [...(await heldBefore(places))].filter(([, held]) => held === path).map(([uuid]) => uuid);
  const folders = [id, ...before].map((each) => placesOf(places, path, each).old);
  return folders.find((old) => existsSync(old) && mountedAt(old) === undefined);
}

/** Why there is nothing to remove. */
export async function noOld(places: Places, path: string): Promise<Fault> {
  const { device } = (await readDisks(places)).find((disk) => disk.formerly?.path === path)?.formerly ?? {};
  const words =
    device === undefined
      ? say(`${path} has no old files beside it`, `${path} 旁没有旧文件`)
      : say(
          `${path} has no old files beside it: they are on ${device}, which is no longer used`,
          `${path} 旁没有旧文件：它们位于不再使用的 ${device}`,
        );
  return new Fault('conflict', words, {
    field: 'storage',
    ...(device === undefined
      ? {}
      : {
          next: say(
            `take ${device} out, or put a storage onto it: its name erases it then`,
            `可取出 ${device}，或将存储迁移到其上：输入其名称即清除`,
          ),
        }),
  });
}
