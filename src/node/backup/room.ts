import { statfs } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';

const MEGABYTE = 1_000_000;
/** What is left of a disk while something is unpacked onto it: a share of all of it, at most so many bytes. */
const RESERVE_SHARE = 0.02;
const RESERVE_MOST = 1_000_000_000;
const LOOK_MILLISECONDS = 100;
/** A server that finds its disk full in the midst of a statement may crash while it takes that back: it is stopped before. */
const SERVER_RESERVE_LEAST = 100_000_000;
const SERVER_RESERVE_SHARE = 0.05;

export interface Room {
  free: number;
  size: number;
}

/** Bytes of the disk that a folder is on; undefined when it cannot be told. */
export async function roomIn(folder: string): Promise<Room | undefined> {
  const found = await statfs(folder).catch(() => undefined);
  return found && { free: found.bavail * found.bsize, size: found.blocks * found.bsize };
}

const reserveOf = ({ size }: Room): number => Math.min(RESERVE_MOST, size * RESERVE_SHARE);

const serverReserveOf = ({ size }: Room): number =>
  Math.min(RESERVE_MOST, Math.max(SERVER_RESERVE_LEAST, size * SERVER_RESERVE_SHARE));

/** Bytes that may be taken in a folder; no limit when it cannot be told. */
export async function usableIn(folder: string): Promise<number> {
  const room = await roomIn(folder);
  return room === undefined ? Number.POSITIVE_INFINITY : Math.max(0, room.free - reserveOf(room));
}

/** Throws `conflict` when a folder has no room for so many bytes. */
export async function checkRoom(folder: string, needed: number): Promise<void> {
  if ((await usableIn(folder)) < needed) throw noRoom(folder, needed);
}

export const noRoom = (folder: string, needed: number): Fault => {
  const text = `${Math.ceil(needed / MEGABYTE)} MB`;
  return new Fault(
    'conflict',
    say(
      `no room for the dump: it needs ${text} of free space in ${folder}`,
      `没有空间加载备份：${folder} 需要 ${text} 可用空间`,
    ),
    { next: say(`free space in ${folder}`, `请清理 ${folder}`) },
  );
};

/** How many bytes may come out of a file, and what they would have to fit into. */
export interface Most {
  bytes: number;
  folder: string;
  /** Bytes of disk for each of them. */
  factor: number;
}

export const NO_LIMIT: Most = { bytes: Number.POSITIVE_INFINITY, folder: '', factor: 1 };

/** As much as there is room for in a folder. */
export const mostFor = async (folder: string, factor = 1): Promise<Most> => ({
  bytes: (await usableIn(folder)) / factor,
  ...{ folder, factor },
});

/** Passes everything on until it is too much: a small file may unpack to any size. */
export function bounded({ bytes: most, folder, factor }: Most): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > most ? noRoom(folder, bytes * factor) : null, chunk);
    },
  });
}

/** Does a server's work that fills its disk, and ends it before the disk is full: what is live there must go on. */
export async function withinRoom<T>(
  folder: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const full = new AbortController();
  const timer = setInterval(async () => {
    const room = await roomIn(folder);
    if (room !== undefined && room.free < serverReserveOf(room)) full.abort(nearlyFull(folder));
  }, LOOK_MILLISECONDS);
  try {
    return await work(AbortSignal.any([signal, full.signal]));
  } finally {
    clearInterval(timer);
  }
}

const nearlyFull = (folder: string): Fault =>
  new Fault('conflict', say(`the dump would fill the disk of ${folder}`, `备份将占满 ${folder} 所在的磁盘`), {
    next: say(`free space in ${folder}`, `请清理 ${folder}`),
  });
