import { dirname } from 'node:path';
import { ensureFolder, readText, writeWhole } from './files.ts';
import { inTurn } from './serial.ts';

const LIMIT = 16 * 1024 * 1024;

/**
 * What a program keeps by name in one file of JSON that nobody else writes: after a crash the old or the new one is
 * there. Throws when the file cannot be read as that: what was kept is not taken for nothing.
 */
export class Kept<T> {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async all(): Promise<Map<string, T>> {
    const text = await readText(this.#path, LIMIT);
    return new Map(text === undefined ? [] : Object.entries(JSON.parse(text) as Record<string, T>));
  }

  async get(name: string): Promise<T | undefined> {
    return (await this.all()).get(name);
  }

  /** @param value undefined: it goes */
  set(name: string, value: T | undefined): Promise<void> {
    return inTurn(this.#path, async () => {
      const all = await this.all();
      if (JSON.stringify(all.get(name)) === JSON.stringify(value)) return;
      if (value === undefined) all.delete(name);
      else all.set(name, value);
      await ensureFolder(dirname(this.#path));
      await writeWhole(this.#path, `${JSON.stringify(Object.fromEntries(all))}\n`);
    });
  }
}
