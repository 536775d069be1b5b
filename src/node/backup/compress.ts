import { createWriteStream } from 'node:fs';
import { Duplex, type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { diskTrouble } from '../../system/files.ts';
import type { Progress } from './engine.ts';

export const CHUNK = 256 * 1024;
const MEMBER = 256 * 1024;
/** Members that are compressed at once, each by a thread of its own; more of the processors belongs to the VMs. */
const AT_ONCE = 2;
const packed = promisify(gzip);

/**
 * Compresses a stream into a new file of mode 0600, in gzip members one after the other, which all programs read as one
 * file. It is on the disk after `syncFile`.
 */
export async function compressInto(
  source: Readable,
  path: string,
  progress: Progress,
  ...filters: Transform[]
): Promise<void> {
  const file = createWriteStream(path, { mode: 0o600, flags: 'wx', highWaterMark: CHUNK });
  await pipeline([source, ...filters, meter(progress), Duplex.from(members), file]);
}

async function* members(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const running: Promise<Buffer>[] = [];
  for await (const block of blocksOf(source)) {
    const work = packed(block);
    work.catch(() => undefined); // It is awaited below, but another one may fail or be given up before.
    running.push(work);
    if (running.length >= AT_ONCE) yield (await running.shift()) as Buffer;
  }
  for (const work of running) yield await work;
}

/** Blocks of a quarter of a megabyte and a little; the last one, which may be empty, is what remains. */
async function* blocksOf(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes < MEMBER) continue;
    yield Buffer.concat(parts);
    parts = [];
    bytes = 0;
  }
  yield Buffer.concat(parts);
}

/** Passes everything on and counts it. */
export function meter(progress: Progress): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      progress(bytes);
      done(null, chunk);
    },
  });
}

export const broken = (error: Error): Fault =>
  new Fault('failed', say(`the dump is not whole: ${error.message}`, `备份不完整：${error.message}`), {
    cause: error,
  });

/** For what goes wrong while a dump is written: says what the disk's trouble is. */
export function nameDisk(thrown: unknown): never {
  if (thrown instanceof Fault) throw thrown;
  const why = diskTrouble(thrown);
  throw new Fault('failed', say(`the dump cannot be written: ${why}`, `无法写入备份：${why}`), {
    cause: thrown,
  });
}
