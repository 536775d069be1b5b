import { createReadStream } from 'node:fs';
import { chown, link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { syncFolder } from '../../system/files.ts';
import { checkStore, copyStore, foldInLog, isDamage, type StoreContent } from '../../system/sqlite.ts';
import { CHUNK, compressInto, nameDisk, syncFile, unpackInto } from './compress.ts';
import type { Engine, Examined, Progress } from './engine.ts';

/** The one database that a store is, by the name that restores show. */
const NAME = 'zstack';
/** Every store of ours keeps account of its migrations in this table. */
const OWN_TABLE = 'kysely_migration';
/** Beside a store: its write-ahead log and the index of that. */
const BESIDE = ['-wal', '-shm'];
const ROOM_FACTOR = 1.2;

/** The store that the management service has in itself: one SQLite file. */
export class SqliteEngine implements Engine {
  readonly kind = 'embedded';
  readonly #store: string;
  readonly #check: string | undefined;

  constructor(store: string, check?: string) {
    this.#store = store;
    this.#check = check;
  }

  async databases(): Promise<string[]> {
    return (await isFile(this.#store)) ? [NAME] : [];
  }

  async bytes(): Promise<number> {
    return (await stat(this.#store)).size;
  }

  async dump(_: readonly string[], path: string, signal: AbortSignal, progress: Progress): Promise<void> {
    const copy = `${path.replace(/\.partial$/, '')}-copy.partial`;
    try {
      // A damaged store is dumped as the bytes that it is, so that a restore over it loses nothing.
      const source = await copyStore(this.#store, copy).then(
        () => copy,
        (thrown) => (isDamage(thrown) ? this.#store : Promise.reject(thrown)),
      );
      signal.throwIfAborted();
      await compressInto(createReadStream(source, { highWaterMark: CHUNK }), path, progress);
      await syncFile(path);
    } catch (thrown) {
      signal.throwIfAborted();
      nameDisk(thrown);
    } finally {
      await rm(copy, { force: true });
    }
  }

  roomFor(content: number): number {
    return content * ROOM_FACTOR;
  }

  async examine(place: string, path: string, signal: AbortSignal, progress: Progress): Promise<Examined> {
    await rm(place, { recursive: true, force: true });
    await mkdir(place, { mode: 0o700 });
    try {
      const copy = join(place, 'store.sqlite');
      await unpackInto(path, copy, signal, progress);
      return examined(await checkStore(copy, signal, this.#check));
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  }

  /** The file before gets a second name, so that going back needs no room on the disk. */
  async replace(id: string, _: readonly string[], path: string, signal: AbortSignal): Promise<void> {
    const [next, before] = [this.#beside(id, 'next'), this.#beside(id, 'before')];
    await this.#removeStale();
    try {
      await unpackInto(path, next, signal);
      const { uid, gid } = await stat(dirname(this.#store));
      await chown(next, uid, gid);
      if (await isFile(this.#store)) {
        await foldInLog(this.#store).catch((thrown) =>
          isDamage(thrown) ? undefined : Promise.reject(thrown),
        );
        await link(this.#store, before);
        await syncFolder(dirname(this.#store));
      }
      await this.#swap(next);
    } finally {
      await rm(next, { force: true });
    }
  }

  async putBack(id: string, _: readonly string[], safety: string | undefined): Promise<void> {
    const before = this.#beside(id, 'before');
    if (await isFile(before)) await this.#swap(before);
    else if (safety === undefined) await this.#remove();
    await this.forget(id);
  }

  async forget(id: string): Promise<void> {
    // Both may be there: renaming one name of a file to another one of it does nothing.
    for (const what of ['before', 'next'] as const) await rm(this.#beside(id, what), { force: true });
  }

  #beside(id: string, what: 'next' | 'before'): string {
    return `${this.#store}.${id}.${what}`;
  }

  /** What restores left that ended long ago. */
  async #removeStale(): Promise<void> {
    const folder = dirname(this.#store);
    const left = new RegExp(`^${basename(this.#store)}\\.[\\w-]+\\.(next|before)$`);
    for (const name of await readdir(folder)) if (left.test(name)) await rm(join(folder, name));
  }

  /** A log of the file before must not be there when the other one gets its name: it would be written into it. */
  async #swap(file: string): Promise<void> {
    await this.#removeLog();
    await rename(file, this.#store);
    await syncFolder(dirname(this.#store));
  }

  async #remove(): Promise<void> {
    await rm(this.#store, { force: true });
    await this.#removeLog();
  }

  async #removeLog(): Promise<void> {
    for (const end of BESIDE) await rm(`${this.#store}${end}`, { force: true });
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

function examined({ damage, tables }: StoreContent): Examined {
  if (damage !== undefined) {
    throw new Fault('failed', say(`the dump's store is damaged: ${damage}`, `备份中的存储已损坏：${damage}`));
  }
  if (!(OWN_TABLE in tables)) {
    throw new Fault('conflict', say('the dump holds no store of this product', '备份中不是本产品的存储'), {
      field: 'file',
    });
  }
  const counts = Object.values(tables);
  return { databases: [NAME], tables: counts.length, rows: counts.reduce((all, rows) => all + rows, 0) };
}
