import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bootId } from '../system/boot.ts';
import { ensureFolder, readText, writeWhole } from '../system/files.ts';
import { alone } from '../system/lock.ts';
import { type Counters, current, rebased, worse } from './lockout.ts';

const FILE_LIMIT = 256 * 1024;
const FILE = 'lockout.json';

interface Kept {
  boot: string;
  counters: Counters;
}

/**
 * Counters on disk, in the data folder; while that cannot be written in the run folder, and at worst in memory only.
 * Guard, controller and programs for one action share them: what is counted is read, changed and written back by one
 * at a time.
 */
export class LockoutStore {
  readonly #folders: string[];
  readonly #lock: string;
  readonly #log: (text: string) => void;
  /** What could be written nowhere. */
  #memory: Counters | undefined;

  /**
   * @param folders best first
   * @param lock a folder that exists, the same for all who count, and that nobody locks for longer
   */
  constructor(folders: string[], lock: string, log: (text: string) => void) {
    this.#folders = folders;
    this.#lock = lock;
    this.#log = log;
  }

  /** Whether something would be forgotten if the process ended now. */
  get wouldForget(): boolean {
    return Object.keys(this.#memory ?? {}).length > 0;
  }

  /**
   * Changes them, and answers them as they are then. What the change throws, it changes nothing by.
   * @param now milliseconds since boot
   */
  change(now: number, change: (counters: Counters) => Counters): Promise<Counters> {
    return alone(this.#lock, async () => {
      const changed = change(current(this.#memory ?? (await this.#read(now)), now));
      await this.#save(changed);
      return changed;
    });
  }

  async #save(counters: Counters): Promise<void> {
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
