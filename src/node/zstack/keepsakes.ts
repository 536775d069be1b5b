import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../system/errno.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';

const FILE_LIMIT = 64 * 1024 * 1024;

/**
 * What a change needs to go back, kept where only root can read it while the change runs: hashes and the
 * configuration as it was. Nothing of it goes into the journal.
 */
export class Keepsakes {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async keep(id: string, value: object): Promise<void> {
    await ensureFolder(this.#folder);
    await writeWhole(this.#path(id), JSON.stringify(value));
  }

  async find<T>(id: string): Promise<T | undefined> {
    const text = await readText(this.#path(id), FILE_LIMIT);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  /** Throws when it is not there: a step that needs it cannot be done or undone. */
  async read<T>(id: string): Promise<T> {
    const value = await this.find<T>(id);
    if (value === undefined) throw new Error('what was kept to go back is gone');
    return value;
  }

  forget(id: string): Promise<void> {
    return rm(this.#path(id), { force: true });
  }

  /** Under which ids something is kept. */
  async ids(): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error) => {
      if (codeOf(error) !== 'ENOENT') throw error;
      return [];
    });
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  }

  /** For when nothing is left to be undone. */
  forgetAll(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
