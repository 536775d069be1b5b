import { realpath, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import { ensureFolder } from '../../../system/files.ts';
import { Kept } from '../../../system/kept.ts';
import { whyAway } from '../away.ts';
import type { StorageRoom } from './schema.ts';

/** Guests' files are their QEMU's own; the folders on the way are root's. */
const OPEN = 0o755;

/**
 * Folders of this node that are shares of a primary storage, by the storage's uuid. One whose own disk is not mounted is
 * neither measured nor written to: what is in its folder then is of the disk below.
 */
export class Storages {
  readonly #paths: Kept<string>;
  readonly #fstab: string;
  /** Paths of what was asked for while it was away. */
  readonly #awaited = new Map<string, string>();

  /** @param data the controller's own folder @param fstab the machine's own */
  constructor(data: string, fstab: string) {
    this.#paths = new Kept(join(data, 'guests', 'storages.json'));
    this.#fstab = fstab;
  }

  /** Throws as `storage.connect` says. */
  async connect(storage: string, path: string): Promise<StorageRoom> {
    const known = await this.#paths.all();
    const before = known.get(storage);
    if (before !== undefined && before !== path) throw otherPath(before);
    const owner = [...known].find(([other, folder]) => other !== storage && overlap(folder, path));
    if (owner !== undefined) throw taken(owner[1]);
    await this.#mustBeThere(storage, path, 'path');
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
    this.#awaited.delete(storage);
    return this.#paths.set(storage, undefined);
  }

  /** The storage's path. Throws `notFound`; `unavailable` while its own disk is not mounted. */
  async pathOf(storage: string): Promise<string> {
    const path = await this.#paths.get(storage);
    if (path === undefined)
      throw new Fault('notFound', say('this node has no such storage', '本节点没有该存储'), {
        field: 'storage',
      });
    await this.#mustBeThere(storage, path, 'storage');
    return path;
  }

  /** What is away now, and why. */
  async away(): Promise<Map<string, Words>> {
    const all = [...new Map([...this.#awaited, ...(await this.#paths.all())])];
    const told = await Promise.all(
      all.map(async ([storage, path]): Promise<[string, Words][]> => {
        const why = await this.#whyAway(storage, path);
        return why === undefined ? [] : [[storage, notAvailable(path, why)]];
      }),
    );
    return new Map(told.flat());
  }

  /** Paths of what was away, since when nobody was told what room it has. */
  get awaited(): ReadonlyMap<string, string> {
    return this.#awaited;
  }

  /** Its room is known where it should be. */
  told(storage: string): void {
    this.#awaited.delete(storage);
  }

  async #mustBeThere(storage: string, path: string, field: string): Promise<void> {
    const why = await this.#whyAway(storage, path);
    if (why === undefined) return;
    throw new Fault('unavailable', notAvailable(path, why), {
      field,
      next: say('is the disk there? once it is mounted, all goes on by itself', '请检查磁盘；挂载后自动恢复'),
    });
  }

  async #whyAway(storage: string, path: string): Promise<Words | undefined> {
    const why = await whyAway(this.#fstab, path);
    if (why !== undefined) this.#awaited.set(storage, path);
    return why;
  }
}

const notAvailable = (path: string, { en, zh }: Words): Words =>
  say(`${path} is not available: ${en}`, `${path} 不可用：${zh}`);

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
