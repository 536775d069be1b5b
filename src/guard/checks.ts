import { appendFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, readText } from '../system/files.ts';
import { inTurn } from '../system/serial.ts';

/**
 * What guard did, in a small file of its own, so that it is on record when the controller is dead. The controller
 * takes the rows over into the audit chain; numbers without a gap show that none was lost on the way.
 */
export interface Check {
  seq: number;
  /** Wall time in milliseconds since 1970. */
  at: number;
  event: string;
  line: string;
  uid: number;
  pid: number;
  program: string;
  outcome: string;
}

const FILE_LIMIT = 256 * 1024;
const path = (folder: string): string => join(folder, 'checks.jsonl');
const olderPath = (folder: string): string => join(folder, 'checks.old.jsonl');

/** All rows that are kept, oldest first. A torn last row does not count. */
export async function readChecks(folder: string): Promise<Check[]> {
  const older = await readText(olderPath(folder), 2 * FILE_LIMIT);
  const newer = await readText(path(folder), 2 * FILE_LIMIT);
  return `${older ?? ''}${newer ?? ''}`.split('\n').flatMap(parseRow);
}

function parseRow(row: string): Check[] {
  try {
    return [JSON.parse(row) as Check];
  } catch {
    return [];
  }
}

/** Adds rows; begins a new file when the present one is full, so that at most two are kept. */
export class CheckLog {
  readonly #folder: string;
  #seq: number | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Rejects with the disk's error. Rows that come at once are written one after the other: a number stands there once. */
  add(check: Omit<Check, 'seq' | 'at'>): Promise<void> {
    return inTurn(path(this.#folder), () => this.#add(check));
  }

  async #add(check: Omit<Check, 'seq' | 'at'>): Promise<void> {
    await ensureFolder(this.#folder);
    this.#seq ??= (await readChecks(this.#folder)).at(-1)?.seq ?? 0;
    this.#seq += 1;
    await this.#makeRoom();
    // The line break goes first as well: a row that a crash tore spoils no other.
    await appendFile(
      path(this.#folder),
      `\n${JSON.stringify({ seq: this.#seq, at: Date.now(), ...check })}\n`,
      {
        mode: 0o600,
        flush: true,
      },
    );
  }

  async #makeRoom(): Promise<void> {
    const size = await stat(path(this.#folder)).then(
      (found) => found.size,
      () => 0,
    );
    if (size > FILE_LIMIT) await rename(path(this.#folder), olderPath(this.#folder));
  }
}
