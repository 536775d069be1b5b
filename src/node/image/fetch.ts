import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { diskFault } from '../../system/files.ts';
import type { ImageSource } from './source.ts';

/** What is fetched, and where to. */
export interface Wanted {
  image: string;
  /** The file that it grows in. */
  path: string;
  /** Bytes of the whole. */
  bytes: number;
}

export interface Watching {
  signal: AbortSignal;
  progress(words: Words, fraction: number): void;
}

/** Bytes until progress is told anew, and what is there so far lasts over a power cut. */
const TELL = 16 * 1024 * 1024;

/**
 * Fetches what is missing of a file; what is there of it already is taken for its beginning. Answers the SHA-256 of the
 * whole, in hex. Faults: those of the source; `conflict` when there is more or less of it than was said.
 */
export async function fetchImage(source: ImageSource, wanted: Wanted, watching: Watching): Promise<string> {
  const handle = await open(wanted.path, 'a', 0o600);
  try {
    if ((await handle.stat()).size > wanted.bytes) await handle.truncate(0);
    const hash = createHash('sha256');
    const before = await hashFile(wanted.path, hash, watching.signal);
    const size =
      before < wanted.bytes ? await append(source, wanted, handle, hash, before, watching) : before;
    await handle.sync();
    if (size !== wanted.bytes) throw otherSize(size, wanted.bytes);
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}

async function hashFile(path: string, hash: Hash, signal: AbortSignal): Promise<number> {
  let size = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20, signal })) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return size;
}

/** Answers how many bytes there are then; reads no more than one chunk beyond what was said. */
async function append(
  source: ImageSource,
  wanted: Wanted,
  handle: FileHandle,
  hash: Hash,
  from: number,
  watching: Watching,
): Promise<number> {
  try {
    return await appendAll(source, wanted, handle, hash, from, watching);
  } catch (thrown) {
    watching.signal.throwIfAborted();
    if (thrown instanceof Fault) throw thrown;
    throw diskFault(thrown) ?? brokeOff(thrown);
  }
}

async function appendAll(
  source: ImageSource,
  { image, bytes }: Wanted,
  handle: FileHandle,
  hash: Hash,
  from: number,
  { signal, progress }: Watching,
): Promise<number> {
  let size = from;
  let told = from;
  for await (const chunk of await source.open(image, from, signal)) {
    size += (chunk as Buffer).length;
    if (size > bytes) return size;
    hash.update(chunk as Buffer);
    await handle.writeFile(chunk as Buffer);
    if (size - told < TELL) continue;
    told = size;
    await handle.datasync();
    progress(fetching(size, bytes), size / bytes);
  }
  return size;
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(0);

const fetching = (size: number, bytes: number): Words =>
  say(
    `fetching the image: ${megabytes(size)} of ${megabytes(bytes)} MB`,
    `正在获取镜像：${megabytes(size)} / ${megabytes(bytes)} MB`,
  );

const brokeOff = (cause: unknown): Fault =>
  new Fault('unavailable', say('the image broke off', '镜像传输中断'), { cause });

const otherSize = (size: number, bytes: number): Fault =>
  size < bytes
    ? new Fault(
        'unavailable',
        say(`the image ended after ${size} of ${bytes} bytes`, `镜像在 ${size} / ${bytes} 字节处中断`),
      )
    : new Fault('conflict', say(`the image is larger than ${bytes} bytes`, `镜像大于 ${bytes} 字节`), {
        field: 'image',
      });
