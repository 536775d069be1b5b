import { chown, type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { keepsake } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { removeTree, syncFile, syncFolder } from '../../system/files.ts';
import { HeldFolder } from '../../system/held-folder.ts';
import type { Identity } from '../../system/identity.ts';
import {
  checkStore,
  copyStore,
  foldInLog,
  isDamage,
  type StoreContent,
  type StoreWork,
} from '../../system/sqlite.ts';
import { CHUNK, compressInto, nameDisk } from './compress.ts';
import { unpackInto } from './dump-text.ts';
import type { Beside, Engine, EngineParts, Examined, Progress, Stood } from './engine.ts';
import { mostFor } from './room.ts';

/** The one database that a store is, by the name that restores show. */
const NAME = 'zstack';
/** Every store of ours keeps account of its migrations in this table. */
const OWN_TABLE = 'kysely_migration';
/** Beside a store: its write-ahead log and the index of that. */
const BESIDE = ['-wal', '-shm'];
const ROOM_FACTOR = 1.2;

const COPY = 'store.sqlite';
const NEVER = new AbortController().signal;

type SqliteParts = Pick<EngineParts, 'store' | 'storeProgram'>;

/** Whether there was a store before. */
const EXISTED = keepsake<{ existed: boolean }>('engine');

/**
 * The store that the management service has in itself: one SQLite file in a folder of that service's own user. What is
 * there is whatever that user makes of it, so SQLite's own work is done as that user, and the rest within the open
 * folder without following links.
 */
export class SqliteEngine implements Engine {
  readonly kind = 'embedded';
  readonly #folder: string;
  readonly #store: string;
  readonly #program: string | undefined;

  constructor({ store, storeProgram }: SqliteParts) {
    this.#folder = dirname(store);
    this.#store = basename(store);
    this.#program = storeProgram;
  }

  async databases(): Promise<string[]> {
    await using folder = await HeldFolder.open(this.#folder).catch(noFolder);
    return (await folder?.entry(this.#store))?.isFile() ? [NAME] : [];
  }

  async bytes(): Promise<number> {
    await using folder = await HeldFolder.open(this.#folder);
    return (await folder.entry(this.#store))?.size ?? 0;
  }

  async dump(_: readonly string[], path: string, signal: AbortSignal, progress: Progress): Promise<string[]> {
    const place = `${path.replace(/\.partial$/, '')}-copy.partial`;
    try {
      await using folder = await HeldFolder.open(this.#folder);
      await ownedFolder(place, folder.stats);
      await using source = await this.#copied(folder, place, signal);
      signal.throwIfAborted();
      await compressInto(source.createReadStream({ highWaterMark: CHUNK, autoClose: false }), path, progress);
      await syncFile(path);
      return [];
    } catch (thrown) {
      signal.throwIfAborted();
      return nameDisk(thrown);
    } finally {
      await removeTree(place);
    }
  }

  /** A copy of one moment. A damaged store is taken as the bytes that it is, so that a restore over it loses nothing. */
  async #copied(folder: HeldFolder, place: string, signal: AbortSignal): Promise<FileHandle> {
    try {
      await copyStore(join(this.#folder, this.#store), join(place, COPY), this.#work(folder, signal));
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown;
      return folder.read(this.#store);
    }
    await using copies = await HeldFolder.open(place);
    return await copies.read(COPY);
  }

  #work({ stats }: HeldFolder, signal: AbortSignal): StoreWork {
    return { signal, owner: stats, program: this.#program };
  }

  roomFor(content: number): number {
    return content * ROOM_FACTOR;
  }

  async examine(place: string, path: string, signal: AbortSignal, progress: Progress): Promise<Examined> {
    await removeTree(place);
    await mkdir(place, { mode: 0o700 });
    try {
      const copy = join(place, COPY);
      await unpackInto(path, await open(copy, 'wx', 0o600), signal, progress);
      return examined(await checkStore(copy, { signal, program: this.#program }));
    } finally {
      await removeTree(place);
    }
  }

  async stage({ id }: Beside, path: string, signal: AbortSignal, progress: Progress): Promise<void> {
    await using folder = await HeldFolder.open(this.#folder);
    const next = folder.at(this.#beside(id, 'next'));
    await unpackInto(path, await this.#created(folder, next), signal, progress, await mostFor(this.#folder));
    examined(await checkStore(join(this.#folder, basename(next)), this.#work(folder, signal)));
  }

  /** A file without a byte is an empty store. */
  async stageEmpty({ id }: Beside): Promise<void> {
    await using folder = await HeldFolder.open(this.#folder);
    await (await this.#created(folder, folder.at(this.#beside(id, 'next')))).close();
  }

  async #created({ stats }: HeldFolder, path: string): Promise<FileHandle> {
    const file = await open(path, 'wx', 0o600);
    await file.chown(stats.uid, stats.gid);
    return file;
  }

  /** The file before gets a second name, so that going back needs no room on the disk. */
  async swap({ id, kept }: Beside): Promise<Stood> {
    await using folder = await HeldFolder.open(this.#folder);
    const existed = (await folder.entry(this.#store))?.isFile() === true;
    await kept.keep(EXISTED, { existed });
    if (existed) {
      await foldInLog(join(this.#folder, this.#store), this.#work(folder, NEVER)).catch((thrown) =>
        isDamage(thrown) ? undefined : Promise.reject(thrown),
      );
      await link(folder.at(this.#store), folder.at(this.#beside(id, 'before')));
      await syncFolder(folder.path);
    }
    await this.#swap(folder, this.#beside(id, 'next'));
    return { databases: [NAME] };
  }

  async swapBack({ id, kept }: Beside): Promise<void> {
    const { existed } = (await kept.find(EXISTED)) ?? {};
    const [next, before] = [this.#beside(id, 'next'), this.#beside(id, 'before')];
    await using folder = await HeldFolder.open(this.#folder);
    if ((await folder.entry(before))?.isFile()) await this.#swap(folder, before);
    else if (existed === false && (await folder.entry(next)) === undefined) await this.#remove(folder);
  }

  async forget({ id }: Beside): Promise<void> {
    await using folder = await HeldFolder.open(this.#folder).catch(noFolder);
    // Both may be there: renaming one name of a file to another one of it does nothing.
    for (const what of ['before', 'next'] as const)
      if (folder !== undefined) await rm(folder.at(this.#beside(id, what)), { force: true });
  }

  #beside(id: string, what: 'next' | 'before'): string {
    return `${this.#store}.${id}.${what}`;
  }

  /** A log of the file before must not be there when the other one gets its name: it would be written into it. */
  async #swap(folder: HeldFolder, file: string): Promise<void> {
    await this.#removeLog(folder);
    await rename(folder.at(file), folder.at(this.#store));
    await syncFolder(folder.path);
  }

  async #remove(folder: HeldFolder): Promise<void> {
    await rm(folder.at(this.#store), { force: true });
    await this.#removeLog(folder);
  }

  async #removeLog(folder: HeldFolder): Promise<void> {
    for (const end of BESIDE) await rm(folder.at(`${this.#store}${end}`), { force: true });
  }
}

/** A new folder that another user works in, where that user owns nothing else. */
async function ownedFolder(path: string, { uid, gid }: Identity): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  await chown(path, uid, gid);
}

function noFolder(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

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
