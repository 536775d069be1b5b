import type { FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { openPlain } from '../../system/held-folder.ts';
import { startOfLast } from './copy.ts';

/** Of a file with endless lines no more than its end is looked through. */
const MOST_BYTES = 64 * 1024 * 1024;
const BLOCK = 256 * 1024;
const LONGEST_LINE = 64 * 1024;
const LOOK_MILLISECONDS = 250;
const NEWLINE = 10;

export interface TailOptions {
  lines: number;
  /** Goes on until aborted, with the file that has the name then: its rotation does not end it. */
  follow: boolean;
  signal: AbortSignal;
  onLine(line: string): void;
}

/**
 * Hands on the last lines of a log, and with `follow` each that comes. Throws what open(2) says; links on the way are
 * those of `openPlain` alone, at every look.
 */
export async function tail(path: string, { lines, follow, signal, onLine }: TailOptions): Promise<void> {
  const splitter = new Splitter(onLine);
  let file = await openPlain(path);
  try {
    const { size } = await file.stat();
    let at = await startOfLast(file, Math.max(0, size - MOST_BYTES), size, lines);
    for (;;) {
      at = await readOn(file, at, splitter, signal);
      if (!follow || signal.aborted) break;
      const next = await takesItsPlace(path, file);
      if (next !== undefined) {
        await file.close();
        [file, at] = [next, 0];
        continue;
      }
      await delay(LOOK_MILLISECONDS, undefined, { signal }).catch(() => {});
    }
  } finally {
    await file.close();
  }
  splitter.end();
}

/** Reads what is there from an offset on. Answers where it ends; a file that was cut is read from its beginning. */
async function readOn(
  file: FileHandle,
  from: number,
  splitter: Splitter,
  signal: AbortSignal,
): Promise<number> {
  const block = Buffer.alloc(BLOCK);
  let at = (await file.stat()).size < from ? 0 : from;
  while (!signal.aborted) {
    const { bytesRead } = await file.read(block, 0, BLOCK, at);
    if (bytesRead === 0) break;
    splitter.push(block.subarray(0, bytesRead));
    at += bytesRead;
  }
  return at;
}

/** Another file of the same name; undefined while there is none. */
async function takesItsPlace(path: string, file: FileHandle): Promise<FileHandle | undefined> {
  const there = await openPlain(path).catch(() => undefined);
  if (there === undefined) return undefined;
  const [now, before] = [await there.stat(), await file.stat()];
  if (now.ino !== before.ino || now.dev !== before.dev) return there;
  await there.close();
  return undefined;
}

/** Bytes as lines; what is longer than 64 KiB is cut there. */
class Splitter {
  readonly #onLine: (line: string) => void;
  #rest = Buffer.alloc(0);

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(bytes: Buffer): void {
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      this.#say(Buffer.concat([this.#rest, bytes.subarray(from, end)]));
      this.#rest = Buffer.alloc(0);
      from = end + 1;
    }
    this.#rest = Buffer.concat([this.#rest, bytes.subarray(from)]).subarray(0, LONGEST_LINE);
  }

  end(): void {
    if (this.#rest.length > 0) this.#say(this.#rest);
  }

  #say(line: Buffer): void {
    this.#onLine(line.subarray(0, LONGEST_LINE).toString());
  }
}
