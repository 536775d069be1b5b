import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { say, type Words } from '../../../api/words.ts';
import { whyOf } from '../../../system/errno.ts';
import { mountsNow, readText } from '../../../system/proc.ts';
import { fstabEntries, heldBefore } from './fstab.ts';
import type { Places } from './places.ts';
import { contentsOf, fileSystemOn, namesOf } from './probe.ts';
import type { LocalDisk } from './schema.ts';

const SECTOR = 512;
/** Drives of discs and floppies, and disks in memory. */
const NO_DISKS = /^(sr|fd|ram|zram)\d/;

/** All disks of this node as the kernel tells them; those without a medium are none. */
export async function readDisks(places: Places, sys = '/sys/block'): Promise<LocalDisk[]> {
  const names = (await readdir(sys)).filter((name) => !NO_DISKS.test(name)).sort();
  const known = {
    kept: await keptSources(places),
    held: await heldBefore(places),
    wwids: await wwidsOf(sys, names),
    ...{ mounted: mountedNumbers(), swaps: swapsNow() },
  };
  const found = await Promise.all(names.map((name) => readDisk(sys, name, known)));
  return found.filter((disk) => disk !== undefined);
}

interface Known {
  /** What fstab mounts, links followed. */
  kept: ReadonlySet<string>;
  /** What storage was on the file system of this UUID before. */
  held: ReadonlyMap<string, string>;
  /** How many disks have each number of the world. */
  wwids: ReadonlyMap<string, number>;
  /** Where the disks of these numbers are mounted. */
  mounted: ReadonlyMap<string, string>;
  swaps: ReadonlySet<string>;
}

async function readDisk(sys: string, name: string, known: Known): Promise<LocalDisk | undefined> {
  const path = join(sys, name);
  const size = Number(await line(path, 'size')) * SECTOR;
  if (!(size > 0)) return undefined;
  // The kernel writes a slash in a name as an exclamation mark.
  const device = `/dev/${name.replaceAll('!', '/')}`;
  const model = [await line(path, 'device/vendor'), await line(path, 'device/model')].join(' ').trim();
  const about: LocalDisk = { device, model, size, holds: [] };
  try {
    const formerly = await heldOn(await partsOf(path, name, device), known);
    if (formerly !== undefined) about.formerly = formerly;
    const inUse = await usedAs(path, name, device, known);
    if (inUse !== undefined) return { ...about, inUse };
    const contents = await contentsOf(device, size);
    if (formerly === undefined) return { ...about, holds: contents };
    const others = formerly.device === device ? [] : contents;
    return { ...about, holds: [oldCopy(formerly.path), ...others] };
  } catch (thrown) {
    const { en, zh } = whyOf(thrown);
    return { ...about, inUse: say(`it cannot be read: ${en}`, `无法读取：${zh}`) };
  }
}

const oldCopy = (path: string): Words => say(`the old copy of ${path}`, ` ${path} 的旧副本`);

/** Which storage's old copy is on one of these devices. */
async function heldOn(
  devices: readonly string[],
  { held, kept }: Known,
): Promise<LocalDisk['formerly'] | undefined> {
  for (const device of held.size === 0 ? [] : devices) {
    const id = await fileSystemOn(device);
    // One that a person put back is no old one.
    const path = id === undefined || kept.has(`UUID=${id}`) ? undefined : held.get(id);
    if (path !== undefined) return { path, device };
  }
  return undefined;
}

/** A disk and its partitions. */
async function partsOf(path: string, name: string, device: string): Promise<string[]> {
  const parts = (await readdir(path)).filter((part) => part.startsWith(name));
  return [device, ...parts.map((part) => `/dev/${part.replaceAll('!', '/')}`)];
}

/** Why nobody may take it; undefined when nothing is known. */
async function usedAs(path: string, name: string, device: string, known: Known): Promise<Words | undefined> {
  if ((await line(path, 'ro')) === '1') return say('read-only', '只读');
  const parts = (await readdir(path)).filter((part) => part.startsWith(name));
  const holders = await Promise.all(['', ...parts].map((part) => inFolder(join(path, part, 'holders'))));
  const holder = holders.flat()[0];
  if (holder !== undefined) return say(`part of ${holder}`, `属于 ${holder}`);
  if ((known.wwids.get(await line(path, 'device/wwid')) ?? 0) > 1)
    return say('one of several paths to the same disk', '同一磁盘的多条路径之一');
  const numbers = await Promise.all(['', ...parts].map((part) => line(join(path, part), 'dev')));
  const mounted = numbers.flatMap((each) => known.mounted.get(each) ?? [])[0];
  if (mounted !== undefined) return say(`mounted at ${mounted}`, `已挂载于 ${mounted}`);
  const devices = await partsOf(path, name, device);
  if (devices.some((each) => known.swaps.has(each))) return say('swapped to', '用作交换空间');
  const names = (await Promise.all(devices.map(namesOf))).flat();
  return names.some((each) => known.kept.has(each)) ? say('in /etc/fstab', '已列入 /etc/fstab') : undefined;
}

async function keptSources(places: Places): Promise<Set<string>> {
  const sources = (await fstabEntries(places)).map(({ source }) => source.replaceAll('"', ''));
  const paths = sources.map((source) =>
    source.startsWith('/') ? realpath(source).catch(() => source) : source,
  );
  return new Set(await Promise.all(paths));
}

async function wwidsOf(sys: string, names: readonly string[]): Promise<Map<string, number>> {
  const all = await Promise.all(names.map((name) => line(join(sys, name), 'device/wwid')));
  const counts = new Map<string, number>();
  for (const wwid of all) if (wwid !== '') counts.set(wwid, (counts.get(wwid) ?? 0) + 1);
  return counts;
}

/** Opening a disk for oneself would tell more, and stand in the way of who mounts it just then. */
const mountedNumbers = (): Map<string, string> =>
  new Map(
    mountsNow()
      .map(({ numbers, mountPoint }): [string, string] => [numbers, mountPoint])
      // What was mounted first names it: the others are parts of it.
      .reverse(),
  );

const swapsNow = (): Set<string> =>
  new Set(
    readText('/proc/swaps')
      .split('\n')
      .map((row) => row.split(/\s/)[0] ?? ''),
  );

const inFolder = (path: string): Promise<string[]> => readdir(path).catch(() => []);

const line = async (folder: string, file: string): Promise<string> =>
  (await readFile(join(folder, file), 'utf8').catch(() => '')).trim();
