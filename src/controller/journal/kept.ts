import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keepsake, Kept } from '../../api/plan.ts';
import { readText, writeWhole } from '../../system/files.ts';

const FILE_LIMIT = 64 * 1024 * 1024;
const FILE = /^(change-\d{9})\.([\w-]+)\.kept$/;

/** What one change keeps to go back: a file each beside its journal, readable by root alone. */
export class KeptFiles implements Kept {
  readonly #folder: string;
  readonly #change: string;

  /** @param name the change's file in the journal's folder */
  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#change = name.replace(/\.jsonl$/, '');
  }

  /** On the disk when it settles; takes the place of what was kept by that name. */
  keep<T extends object>({ name }: Keepsake<T>, value: T): Promise<void> {
    return writeWhole(this.#path(name), JSON.stringify(value));
  }

  async find<T extends object>({ name }: Keepsake<T>): Promise<T | undefined> {
    const text = await readText(this.#path(name), FILE_LIMIT);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  async read<T extends object>(as: Keepsake<T>): Promise<T> {
    const value = await this.find(as);
    if (value === undefined) throw new Error('what was kept to go back is gone');
    return value;
  }

  /** For when nobody goes back any more. */
  async forget(): Promise<void> {
    const files = (await readdir(this.#folder)).filter((file) => FILE.exec(file)?.[1] === this.#change);
    for (const file of files) await rm(join(this.#folder, file), { force: true });
  }

  #path(name: string): string {
    return join(this.#folder, `${this.#change}.${name}.kept`);
  }
}

/** Changes that have something kept, by their files' names. */
export async function changesWithKept(folder: string): Promise<string[]> {
  const changes = (await readdir(folder)).flatMap((file) => FILE.exec(file)?.[1] ?? []);
  return [...new Set(changes)].map((change) => `${change}.jsonl`);
}
