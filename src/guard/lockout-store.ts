import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bootId } from '../system/boot.ts';
import { ensureFolder, readText, writeWhole } from '../system/files.ts';
import { type Counters, current, rebased, worse } from './lockout.ts';

const FILE_LIMIT = 256 * 1024;
const FILE = 'lockout.json';

interface Kept {
  boot: string;
  counters: Counters;
}

/**
 * Counters on disk, in the data folder; while that cannot be written in the run folder, and at worst in memory only.
 */
export class LockoutStore {
  readonly #folders: string[];
  readonly #log: (text: string) => void;
  /** What could be written nowhere. */
  #memory: Counters | undefined;

  /** @param folders best first */
  constructor(folders: string[], log: (text: string) => void) {
    this.#folders = folders;
    this.#log = log;
  }

  /** Whether something would be forgotten if the process ended now. */
  get wouldForget(): boolean {
    return Object.keys(this.#memory ?? {}).length > 0;
  }

  /**
   * As they are on the disk now: guard and controller share them.
   * @param now milliseconds since boot
   */
  async load(now: number): Promise<Counters> {
    return current(this.#memory ?? (await this.#read(now)), now);
  }

  async save(counters: Counters): Promise<void> {
    const text = JSON.stringify({ boot: bootId(), counters } satisfies Kept);
    let kept = false;
    for (const folder of this.#folders) {
      // Once a better folder has them, what an earlier trouble left in the others must not come back.
      if (kept) await rm(join(folder, FILE), { force: true });
      else kept = await this.#write(folder, text);
    }
    this.#memory = kept ? undefined : counters;
  }

  async #write(folder: string, text: string): Promise<boolean> {
    try {
      await ensureFolder(folder);
      await writeWhole(join(folder, FILE), text);
      return true;
    } catch (error) {
      this.#log(`lock-out counts cannot be kept in ${folder}: ${String(error)}`);
      return false;
    }
  }

  async #read(now: number): Promise<Counters> {
    const all = await Promise.all(this.#folders.map((folder) => this.#readFrom(folder, now)));
    return all.reduce(worse);
  }

  async #readFrom(folder: string, now: number): Promise<Counters> {
    try {
      const text = await readText(join(folder, FILE), FILE_LIMIT);
      if (text === undefined) return {};
      const { boot, counters } = JSON.parse(text) as Kept;
      return boot === bootId() ? counters : rebased(counters, now);
    } catch (error) {
      this.#log(`lock-out counts in ${folder} cannot be read: ${String(error)}`);
      return {};
    }
  }
}
