import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Mask } from './mask.ts';
import { endAt } from './moments.ts';
import { type FoundFile, type Source, type Visitor, walk } from './walk.ts';

export interface Bounds {
  /** Most lines of one file, its last ones. */
  lines: number;
  /** Most bytes of one file, and of all together. */
  file: number;
  all: number;
  /** Files that were not written to since then are left out; wall time in milliseconds since 1970. */
  since: number | undefined;
  /** Lines that were written after this moment are left out, of files whose lines tell when they were. */
  until?: number | undefined;
}

export const LINES = 100_000;
export const ALL_LINES = Number.MAX_SAFE_INTEGER;
export const BOUNDS: Omit<Bounds, 'since'> = { lines: LINES, file: 2e9, all: 6e9 };
const BLOCK = 1024 * 1024;
const LONGEST_LINE = 1024 * 1024;
const DEEPEST = 4;
const MOST_FILES = 5_000;
const DISK = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);
/** Names of what is packed: no text, which could be masked or shown. */
export const PACKED = /\.(gz|xz|zst|bz2|lz4|lzma|lzo|z|7z|zip)$/i;

/** Copies logs into a folder, masked and bounded, and keeps account of what was left out. */
export class Copier implements Visitor {
  readonly cut: string[] = [];
  files = 0;
  #bytes = 0;
  readonly #folder: string;
  readonly #mask: Mask;
  readonly #bounds: Bounds;
  readonly #signal: AbortSignal;

  constructor(folder: string, mask: Mask, bounds: Bounds, signal: AbortSignal) {
    this.#folder = folder;
    this.#mask = mask;
    this.#bounds = bounds;
    this.#signal = signal;
  }

  /** A file, or a folder with all in it. What is not there is no news. */
  take(source: Source): Promise<void> {
    return walk(source, DEEPEST, this);
  }

  passed(path: string, why: Parameters<Visitor['passed']>[1], error?: NodeJS.ErrnoException): void {
    if (error !== undefined) this.#unreadable(path, error);
    else this.note(`${path}: ${why === 'deep' ? 'too deep' : 'a link'}, left out`);
  }

  /** Text that a program said. */
  async write(name: string, text: string): Promise<void> {
    const path = join(this.#folder, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o750 });
    const handle = await open(path, 'w', 0o640);
    try {
      await handle.writeFile(this.#mask.apply(Buffer.from(text).toString('latin1')), 'latin1');
    } finally {
      await handle.close();
    }
    this.files += 1;
    this.#bytes += text.length;
  }

  /** What a program says while it runs, as far as `most` bytes; then a last line of our own. */
  async program(
    name: string,
    most: number,
    run: (take: (stdout: Readable) => Promise<void>) => Promise<string>,
  ) {
    const path = join(this.#folder, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o750 });
    const sink = await open(path, 'w', 0o640);
    const writer = new LineWriter(this.#mask, sink, LONGEST_LINE);
    let bytes = 0;
    try {
      const last = await run(async (stdout) => {
        for await (const chunk of stdout as AsyncIterable<Buffer>) {
          const room = Math.max(0, most - bytes);
          bytes += chunk.length;
          if (room > 0) await writer.push(chunk.subarray(0, room));
        }
      });
      await writer.push(Buffer.from(last));
      await writer.end();
    } finally {
      await sink.close();
    }
    if (bytes > most) this.note(`${name}: ${bytes - most} of ${bytes} bytes are left out`);
    this.files += 1;
    this.#bytes += Math.min(bytes, most);
  }

  /** Something that the archive lacks, as a line of its own. */
  note(text: string): void {
    this.cut.push(text);
  }

  #unreadable(path: string, error: NodeJS.ErrnoException): undefined {
    this.#signal.throwIfAborted();
    // What cannot be written ends it all; a log that cannot be read does not.
    if (error.code === undefined || DISK.has(error.code)) throw error;
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')
      this.note(`${path}: cannot be read: ${error.code}`);
    return undefined;
  }

  async file({ path, folder, name, stats }: FoundFile): Promise<void> {
    this.#signal.throwIfAborted();
    const { since } = this.#bounds;
    if (since !== undefined && stats.mtimeMs < since && !/\/etc\//.test(path)) return;
    if (this.files >= MOST_FILES) return this.note(`${path}: more than ${MOST_FILES} files, left out`);
    const handle = await folder.read(name).catch((error) => this.#unreadable(path, error));
    if (handle === undefined) return;
    try {
      await this.#copy(handle, path);
    } catch (thrown) {
      this.#unreadable(path, thrown as NodeJS.ErrnoException);
    } finally {
      await handle.close();
    }
  }

  /** What the file has now: what is written to it meanwhile, or its rotation, changes nothing of that. */
  async #copy(handle: FileHandle, path: string): Promise<void> {
    const { size } = await handle.stat();
    const room = Math.min(this.#bounds.file, this.#bounds.all - this.#bytes);
    if (room <= 0) return this.note(`${path}: the archive is as large as it may be, left out`);
    if (PACKED.test(path)) return this.note(`${path}: packed, so it cannot be masked: left out`);
    const end = await this.#endOf(handle, path, size);
    if (end === 0 && size > 0) return;
    const start = await this.#startOf(handle, path, end, room);
    const target = join(this.#folder, path.slice(1));
    await mkdir(dirname(target), { recursive: true, mode: 0o750 });
    const sink = await open(target, 'w', 0o640);
    try {
      // Files of /proc have no size: they end where nothing more comes.
      const count = size > 0 ? end - start : this.#bounds.file;
      this.#bytes += await copyMasked(handle, start, count, this.#mask, sink, this.#signal);
    } finally {
      await sink.close();
    }
    this.files += 1;
  }

  /** Where the lines begin that were written too late. */
  async #endOf(handle: FileHandle, path: string, size: number): Promise<number> {
    const { until } = this.#bounds;
    if (until === undefined || size === 0 || /\/etc\//.test(path)) return size;
    const end = await endAt(handle, size, until);
    if (end === undefined) this.note(`${path}: its lines tell no time, so those after the end are in it`);
    else if (end < size) this.note(`${path}: the last ${size - end} of ${size} bytes are later, left out`);
    return end ?? size;
  }

  /** Where the last lines begin that are taken. Files of /proc have no size and are taken whole. */
  async #startOf(handle: FileHandle, path: string, size: number, room: number): Promise<number> {
    const first = size > room ? await nextLine(handle, size - room) : 0;
    const start = await startOfLast(handle, first, size, this.#bounds.lines);
    if (start > 0) this.note(`${path}: the first ${start} of ${size} bytes are left out`);
    return start;
  }
}

/**
 * Writes text line by line, masked, through one buffer: a line that is longer than it is taken in pieces that overlap
 * by nothing.
 */
class LineWriter {
  readonly #mask: Mask;
  readonly #sink: FileHandle;
  readonly #buffer: Buffer;
  #held = 0;

  constructor(mask: Mask, sink: FileHandle, longest: number) {
    this.#mask = mask;
    this.#sink = sink;
    this.#buffer = Buffer.allocUnsafeSlow(longest);
  }

  /** Where the next bytes go: never empty. */
  get room(): Buffer {
    return this.#buffer.subarray(this.#held);
  }

  /** So many bytes of the room are filled now. */
  async filled(count: number): Promise<void> {
    const full = this.#held + count;
    const lines = this.#buffer.lastIndexOf(10, full - 1) + 1;
    await this.#write(lines === 0 && full === this.#buffer.length ? full : lines, full);
  }

  async push(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const count = bytes.copy(this.room, 0, at);
      await this.filled(count);
      at += count;
    }
  }

  end(): Promise<void> {
    return this.#write(this.#held, this.#held);
  }

  async #write(cut: number, full: number): Promise<void> {
    if (cut > 0) await this.#sink.writev(this.#mask.lines(this.#buffer.subarray(0, cut)));
    this.#buffer.copyWithin(0, cut, full);
    this.#held = full - cut;
  }
}

/** Copies bytes masked. Answers how many were read. @param longest bytes of the longest line that is kept in one */
export async function copyMasked(
  source: FileHandle,
  start: number,
  count: number,
  mask: Mask,
  sink: FileHandle,
  signal: AbortSignal,
  longest = LONGEST_LINE,
): Promise<number> {
  const writer = new LineWriter(mask, sink, longest);
  for (let done = 0; ; ) {
    signal.throwIfAborted();
    const room = writer.room.subarray(0, count - done);
    const { bytesRead } = await source.read(room, 0, room.length, start + done);
    if (bytesRead === 0) {
      await writer.end();
      return done;
    }
    await writer.filled(bytesRead);
    done += bytesRead;
  }
}

/** Offset at which the last `lines` lines begin, found from the end; `first` when there are fewer behind it. */
export async function startOfLast(
  handle: FileHandle,
  first: number,
  size: number,
  lines: number,
): Promise<number> {
  if (lines >= ALL_LINES) return first;
  const block = Buffer.alloc(BLOCK);
  let left = lines;
  for (let end = size; end > first; ) {
    const start = Math.max(first, end - BLOCK);
    const { bytesRead } = await handle.read(block, 0, end - start, start);
    for (let at = block.lastIndexOf(10, bytesRead - 1); at >= 0 && bytesRead > 0; ) {
      left -= start + at === size - 1 ? 0 : 1;
      if (left === 0) return start + at + 1;
      at = at === 0 ? -1 : block.lastIndexOf(10, at - 1);
    }
    end = start;
  }
  return first;
}

/** Where the next line begins, so that no half of a secret stands at the cut. */
async function nextLine(handle: FileHandle, from: number): Promise<number> {
  const block = Buffer.alloc(BLOCK);
  const { bytesRead } = await handle.read(block, 0, BLOCK, from);
  const at = block.subarray(0, bytesRead).indexOf(10);
  return at < 0 ? from + bytesRead : from + at + 1;
}
