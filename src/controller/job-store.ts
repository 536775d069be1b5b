import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from '../api/jobs.ts';
import { ensureFolder, readText, writeWhole } from '../system/files.ts';
import { serial } from '../system/serial.ts';

const FILE_LIMIT = 1024 * 1024;

/** Jobs on disk, one file each, so that they are found again after the controller was restarted. */
export class JobStore {
  readonly #folder: string;
  readonly #log: (text: string) => void;
  readonly #inTurn = serial();

  constructor(folder: string, log: (text: string) => void) {
    this.#folder = folder;
    this.#log = log;
  }

  /** All that can be read; a file that cannot is logged and left. */
  async load(): Promise<Job[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const jobs = await Promise.all(
      names.filter((name) => name.endsWith('.json')).map((name) => this.#read(name)),
    );
    return jobs.filter((job) => job !== undefined).sort((a, b) => a.started - b.started);
  }

  /**
   * Writes down how the job is now, in the order of the calls. A job that cannot be kept runs all the same: it is only
   * not found after a restart.
   */
  keep(job: Job): Promise<void> {
    const copy = { ...job };
    return this.#inTurn(() => this.#write(copy));
  }

  async #write(job: Job): Promise<void> {
    try {
      await ensureFolder(this.#folder);
      await writeWhole(join(this.#folder, `${job.id}.json`), JSON.stringify(job));
    } catch (error) {
      this.#log(`job ${job.id} is not kept: ${String(error)}`);
    }
  }

  drop(id: string): Promise<void> {
    const path = join(this.#folder, `${id}.json`);
    return this.#inTurn(() => rm(path, { force: true })).catch((error) => this.#log(String(error)));
  }

  async #read(name: string): Promise<Job | undefined> {
    try {
      return JSON.parse((await readText(join(this.#folder, name), FILE_LIMIT)) ?? '') as Job;
    } catch (error) {
      this.#log(`job ${name}: ${String(error)}`);
      return undefined;
    }
  }
}
