// Node loads `promises` at their first use: the first picture does not wait for them.
import { appendFileSync, mkdirSync, promises, renameSync } from 'node:fs';
import { join } from 'node:path';

/** A file is put aside when it holds so many events or bytes; the one that was put aside before it goes. */
const EVENTS = 10_000;
const BYTES = 4 * 1024 * 1024;
/** Files of other lines that stay: numbers of pseudo-terminals come and go. */
const FILES = 24;
const LONGEST_EVENT = 32 * 1024;
const WRITE_MS = 2_000;

/** Name of what was put aside before the file of a line. */
export const olderOf = (file: string): string => file.replace(/\.jsonl$/, '.old.jsonl');

/**
 * Keeps the last events of a line on disk, the newest within two seconds, an object a line with its wall time as `at`.
 * It never hinders: what cannot be written is kept for a while and dropped then.
 */
export class FlightRecorder {
  readonly #folder: string;
  readonly #file: string;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #events = 0;
  #bytes: number | undefined;
  #writing = false;

  /** @param folder where the recordings are @param line name of the line */
  constructor(folder: string, line: string) {
    this.#folder = folder;
    this.#file = join(folder, `${line}.jsonl`);
  }

  note(event: object): void {
    const line = JSON.stringify({ at: Date.now(), ...event });
    if (line.length > LONGEST_EVENT) return;
    this.#lines.push(`${line}\n`);
    if (this.#lines.length > 2 * EVENTS) this.#lines = this.#lines.slice(-EVENTS);
    this.#timer ??= setTimeout(() => void this.write(), WRITE_MS).unref();
  }

  /** Writes what is there, before the program ends. */
  flush(): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      if (this.#full()) renameSync(this.#file, olderOf(this.#file));
      appendFileSync(this.#file, this.#lines.join(''), { mode: 0o600 });
      this.#lines = [];
    } catch {
      // A full or read-only disk: the program ends all the same.
    }
  }

  /** Writes what is there. By itself it does so every two seconds in which something happened. */
  async write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing || this.#lines.length === 0) return;
    this.#writing = true;
    const lines = this.#lines;
    this.#lines = [];
    try {
      await this.#append(lines);
    } catch {
      // Tried again with the next event, as far as it can be kept.
      this.#lines = [...lines, ...this.#lines].slice(-EVENTS);
    } finally {
      this.#writing = false;
    }
  }

  async #append(lines: readonly string[]): Promise<void> {
    if (this.#bytes === undefined) await this.#begin();
    if (this.#full()) {
      await promises.rename(this.#file, olderOf(this.#file));
      this.#events = 0;
      this.#bytes = 0;
    }
    const text = lines.join('');
    await promises.appendFile(this.#file, text, { mode: 0o600 });
    this.#events += lines.length;
    this.#bytes = (this.#bytes ?? 0) + Buffer.byteLength(text);
  }

  #full(): boolean {
    return this.#events >= EVENTS || (this.#bytes ?? 0) >= BYTES;
  }

  async #begin(): Promise<void> {
    await promises.mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await forgetOldest(this.#folder);
    this.#bytes = await promises.stat(this.#file).then(
      ({ size }) => size,
      () => 0,
    );
  }
}

async function forgetOldest(folder: string): Promise<void> {
  const names = (await promises.readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  if (names.length <= FILES) return;
  const paths = names.map((name) => join(folder, name));
  const dated = await Promise.all(
    paths.map(async (path) => ({ path, at: (await promises.stat(path)).mtimeMs })),
  );
  const oldest = dated.sort((a, b) => b.at - a.at).slice(FILES);
  await Promise.all(oldest.map(({ path }) => promises.rm(path, { force: true })));
}
