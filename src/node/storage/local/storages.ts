import { realpath, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { ensureFolder } from '../../../system/files.ts';
import { Kept } from '../../../system/kept.ts';
import type { StorageRoom } from './schema.ts';

/** Guests' files are their QEMU's own; the folders on the way are root's. */
const OPEN = 0o755;

/** Folders of this node that are shares of a primary storage, by the storage's uuid. */
export class Storages {
  readonly #paths: Kept<string>;

  /** @param data the controller's own folder */
  constructor(data: string) {
    this.#paths = new Kept(join(data, 'guests', 'storages.json'));
  }

  /** Throws as `storage.connect` says. */
  async connect(storage: string, path: string): Promise<StorageRoom> {
    const known = await this.#paths.all();
    const before = known.get(storage);
    if (before !== undefined && before !== path) throw otherPath(before);
    const owner = [...known].find(([other, folder]) => other !== storage && overlap(folder, path));
    if (owner !== undefined) throw taken(owner[1]);
    await ensureFolder(path, OPEN);
    const real = await realpath(path);
    if (real !== path) throw isLink(real);
    if (before === undefined) await this.#paths.set(storage, path);
    return roomIn(path);
  }

  /** Paths by their storages. */
  all(): Promise<Map<string, string>> {
    return this.#paths.all();
  }

  disconnect(storage: string): Promise<void> {
    return this.#paths.set(storage, undefined);
  }

  /** The storage's path. Throws `notFound`. */
  async pathOf(storage: string): Promise<string> {
    const path = await this.#paths.get(storage);
    if (path !== undefined) return path;
    throw new Fault('notFound', say('this node has no such storage', '本节点没有该存储'), {
      field: 'storage',
    });
  }
}

const overlap = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);

/** Of the file system that a folder is on. */
export async function roomIn(path: string): Promise<StorageRoom> {
  const { bsize, blocks, bavail } = await statfs(path);
  return { total: bsize * blocks, available: bsize * bavail };
}

const refuse = (en: string, zh: string): Fault => new Fault('conflict', say(en, zh), { field: 'path' });

const otherPath = (path: string): Fault =>
  refuse(`this storage is at ${path} on this node`, `该存储在本节点位于 ${path}`);
const taken = (path: string): Fault =>
  refuse(`another storage is at ${path} on this node`, `另一个存储在本节点位于 ${path}`);
const isLink = (real: string): Fault =>
  refuse(`it is a link to ${real}: give that path`, `这是指向 ${real} 的链接：请使用该路径`);
