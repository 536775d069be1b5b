import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, syncFolder } from '../../system/files.ts';
import { serial } from '../../system/serial.ts';
import { GENESIS, type Link, lineOf, type ReadRecord, readLine } from './chain.ts';
import { fileFor, readFirstLine, readTail, recordFiles } from './files.ts';
import { type Head, readHead, writeHead } from './head.ts';

export interface AuditPlaces {
  records: string;
  head: string;
}

export interface Sizes {
  /** Bytes after which a new file is begun. */
  file: number;
  /** Files kept. */
  files: number;
}

export const SIZES: Sizes = { file: 4 * 1024 * 1024, files: 16 };

/** Records written at once: what a crash may leave unknown to the head. */
const BATCH = 64;

interface Waiting {
  event: object;
  at: number;
  written(): void;
  failed(error: unknown): void;
}

interface Writing {
  handle: FileHandle;
  size: number;
  head: Head;
}

/**
 * The chain on disk. A record counts once it and the head are both synced. Records that come while the disk is at work
 * wait for it and are then written together, so that many at once cost the disk hardly more than one. Whatever fails
 * is undone as far as the disk allows, and the next record begins by reading again how things stand.
 */
export class AuditLog {
  /** What did not fit when the chain was opened: a missing head, records cut off. Written into the chain as well. */
  readonly findings: string[] = [];
  readonly #places: AuditPlaces;
  readonly #sizes: Sizes;
  #writing: Writing | undefined;
  readonly #inTurn = serial();
  #waiting: Waiting[] = [];

  constructor(places: AuditPlaces, sizes: Sizes = SIZES) {
    this.#places = places;
    this.#sizes = sizes;
  }

  /** Adds one record, in the order of the calls. Rejects with the disk's error, and nothing is added. */
  append(event: object): Promise<void> {
    return new Promise((written, failed) => {
      this.#waiting.push({ event, at: Date.now(), written, failed });
      void this.#inTurn(() => this.#writeWaiting());
    });
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#release());
  }

  async #writeWaiting(): Promise<void> {
    const batch = this.#waiting.splice(0, BATCH);
    if (batch.length === 0) return;
    try {
      await this.#append(batch);
      for (const { written } of batch) written();
    } catch (error) {
      await this.#release();
      for (const { failed } of batch) failed(error);
    }
  }

  async #append(batch: readonly Waiting[]): Promise<void> {
    this.#writing ??= await this.#open();
    const full = this.#writing.size >= this.#sizes.file;
    if (full) this.#writing = await this.#rotated(this.#writing);
    await this.#write(this.#writing, batch);
    if (full) await this.#prune();
  }

  async #release(): Promise<void> {
    const writing = this.#writing;
    this.#writing = undefined;
    await writing?.handle.close();
  }

  async #write(writing: Writing, batch: readonly Pick<Waiting, 'event' | 'at'>[]): Promise<void> {
    const together = batch.length === 1 ? {} : { batch: batch.length };
    let { last } = writing.head;
    const lines = batch.map(({ event, at }) => {
      const { line, link } = lineOf(last, at, { ...together, ...event });
      last = link;
      return `${line}\n`;
    });
    const bytes = Buffer.from(lines.join(''));
    const head = { ...writing.head, last };
    try {
      await writeAll(writing.handle, bytes, writing.size);
      await writing.handle.datasync();
      await writeHead(this.#places.head, head);
    } catch (error) {
      // A disk that refuses this as well leaves records that the head does not know: opening it again sorts that out.
      await writing.handle.truncate(writing.size).catch(() => {});
      throw error;
    }
    writing.size += bytes.length;
    writing.head = head;
  }

  async #open(): Promise<Writing> {
    await ensureFolder(this.#places.records);
    await ensureFolder(this.#places.head);
    const head = await readHead(this.#places.head);
    const name = (await this.#names()).at(-1);
    if (name === undefined) return this.#begin(head);
    return this.#resume(name, head);
  }

  /** The files that hold something. An empty one is what a crash right after rotation leaves. */
  async #names(): Promise<string[]> {
    const names = await recordFiles(this.#places.records);
    const sizes = await Promise.all(names.map((name) => stat(join(this.#places.records, name))));
    return names.filter((_, index) => sizes[index]?.size !== 0);
  }

  async #begin(known: Head | undefined): Promise<Writing> {
    const head = known ?? { last: GENESIS, before: GENESIS };
    // The head comes first of all, so that a crash right after the first record is not taken for a lost head.
    if (known === undefined) await writeHead(this.#places.head, head);
    const writing = await this.#newFile(head);
    if (head.last.seq > 0) await this.#find(writing, `all records up to ${head.last.seq} are missing`);
    return writing;
  }

  async #resume(name: string, head: Head | undefined): Promise<Writing> {
    const { line, end } = await readTail(this.#places.records, name);
    const record = line === undefined ? undefined : readLine(line);
    const last = record?.link;
    const before = head?.before ?? (await this.#firstFollows());
    const handle = await open(join(this.#places.records, name), 'r+');
    await handle.truncate(end);
    const writing = { handle, size: end, head: { last: newest(last, head?.last), before } };
    const finding = findingAt(record, head);
    if (finding !== undefined) await this.#find(writing, finding);
    return writing;
  }

  async #firstFollows(): Promise<Link> {
    const [name] = await this.#names();
    const first = name === undefined ? undefined : readLine(await readFirstLine(this.#places.records, name));
    return first === undefined ? GENESIS : { seq: first.link.seq - 1, hash: first.prev };
  }

  async #find(writing: Writing, finding: string): Promise<void> {
    this.findings.push(finding);
    await this.#write(writing, [{ event: { event: 'audit.finding', finding }, at: Date.now() }]);
  }

  async #rotated(full: Writing): Promise<Writing> {
    const next = await this.#newFile({
      ...full.head,
      before: (await this.#excess()).before ?? full.head.before,
    });
    await full.handle.close();
    return next;
  }

  async #newFile(head: Head): Promise<Writing> {
    const handle = await open(join(this.#places.records, fileFor(head.last.seq + 1)), 'w', 0o600);
    await syncFolder(this.#places.records);
    return { handle, size: 0, head };
  }

  // Called after the head has learned where the chain begins now: a crash in between leaves a file too many at most.
  async #prune(): Promise<void> {
    for (const name of (await this.#excess(0)).names) await rm(join(this.#places.records, name));
  }

  /** The oldest files beyond the number kept, and the last record in them. */
  async #excess(coming = 1): Promise<{ names: string[]; before?: Link }> {
    const all = await recordFiles(this.#places.records);
    const names = all.slice(0, Math.max(0, all.length + coming - this.#sizes.files));
    const newest = names.at(-1);
    if (newest === undefined) return { names };
    const { line } = await readTail(this.#places.records, newest);
    const link = line === undefined ? undefined : readLine(line)?.link;
    return link === undefined ? { names } : { names, before: link };
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

const newest = (last: Link | undefined, head: Link | undefined): Link =>
  (head?.seq ?? 0) > (last?.seq ?? 0) ? (head ?? GENESIS) : (last ?? GENESIS);

/** A batch or a rotation that a crash cut short is no finding: the head is then at most one batch behind. */
function findingAt(record: ReadRecord | undefined, head: Head | undefined): string | undefined {
  if (head === undefined) return 'the head was missing';
  const { seq, hash } = record?.link ?? GENESIS;
  if (seq < head.last.seq) return `records ${seq + 1} to ${head.last.seq} were cut off`;
  if (seq > head.last.seq + (record?.batch ?? 1))
    return `records ${head.last.seq + 1} to ${seq} are not known to the head`;
  return seq === head.last.seq && hash !== head.last.hash ? `record ${seq} was replaced` : undefined;
}
