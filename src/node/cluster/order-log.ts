import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import type { OrderOutcome } from './schema.ts';

const KEPT_MILLISECONDS = 24 * 3_600_000;
const FILE_LIMIT = 2 * 1024 * 1024;

/** What came of the orders of the last day, a file each. */
export class OrderLog {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async find(order: string): Promise<OrderOutcome | undefined> {
    const text = await readText(this.#path(order), FILE_LIMIT);
    return text === undefined ? undefined : (JSON.parse(text).outcome as OrderOutcome);
  }

  /** On the disk when it settles. */
  async keep(order: string, outcome: OrderOutcome): Promise<void> {
    await ensureFolder(this.#folder);
    await writeWhole(this.#path(order), JSON.stringify({ order, outcome }));
  }

  /** Forgets what is older than a day: its cluster does not ask for it any more. */
  async clear(): Promise<void> {
    const before = Date.now() - KEPT_MILLISECONDS;
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name);
      const written = await stat(path).catch(() => undefined);
      if (written !== undefined && written.mtimeMs < before) await rm(path, { force: true });
    }
  }

  #path(order: string): string {
    return join(this.#folder, `${createHash('sha256').update(order).digest('hex').slice(0, 40)}.json`);
  }
}
