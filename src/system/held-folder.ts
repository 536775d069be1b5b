import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Files in folders that other users own. By its path such a file is whatever its owner makes of it while root looks
 * elsewhere; so each folder on the way is held open, and the next name is looked up in it without following a link. A
 * link counts only where nobody but root, or this program's own user, can have put it.
 */

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
/** Nothing is read through the descriptor itself, so that no right to read the folder is needed (open(2)). */
const O_PATH = 0o10000000;
const FOLDER = O_PATH | O_DIRECTORY | O_NOFOLLOW;
/** Group and others may write. */
const OTHERS_WRITE = 0o022;
const MOST_LINKS = 16;

export class HeldFolder implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly stats: Stats;
  /** Its path when it was opened, without a link in it. */
  readonly location: string;

  private constructor(handle: FileHandle, stats: Stats, location: string) {
    this.#handle = handle;
    this.stats = stats;
    this.location = location;
  }

  /** The folder at an absolute path. Throws what open(2) says; `ELOOP` for a link that somebody else made. */
  static async open(path: string): Promise<HeldFolder> {
    let folder = await HeldFolder.#at('/', '/');
    let names = namesOf(path);
    for (let links = 0; ; ) {
      const [name, ...rest] = names;
      if (name === undefined) return folder;
      await using before = folder;
      const next = await before.folder(name).catch(notThere);
      if (next !== undefined) {
        [folder, names] = [next, rest];
        continue;
      }
      const target = await before.ownLink(name);
      links += 1;
      if (target === undefined || links > MOST_LINKS) throw linked(path, await before.entry(name));
      [folder, names] = [await HeldFolder.#at('/', '/'), [...namesOf(target), ...rest]];
    }
  }

  static async #at(path: string, location: string): Promise<HeldFolder> {
    const handle = await open(path, FOLDER);
    return new HeldFolder(handle, await handle.stat(), location);
  }

  /** A path to what has this name in the folder, wherever that is by now. The name itself may be a link. */
  at(name: string): string {
    if (name === '' || name === '.' || name === '..' || name.includes('/'))
      throw new Error(`no name: ${name}`);
    return `${this.path}/${name}`;
  }

  /** Another path to the folder itself. */
  get path(): string {
    return `/proc/self/fd/${this.#handle.fd}`;
  }

  /** A folder in it; a link is none. */
  folder(name: string): Promise<HeldFolder> {
    return HeldFolder.#at(this.at(name), join(this.location, name));
  }

  /** What has this name, a link as itself; undefined when nothing has. */
  async entry(name: string): Promise<Stats | undefined> {
    return lstat(this.at(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  }

  names(): Promise<string[]> {
    return readdir(this.path);
  }

  /**
   * Opens a plain file in it to be read; the caller closes it. Throws what open(2) says: `ELOOP` for a link. What is no
   * file, or another user's that the folder's owner gave a second name to, is `EACCES`.
   */
  async read(name: string): Promise<FileHandle> {
    const handle = await open(this.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = await handle.stat();
    const foreign = stats.nlink > 1 && stats.uid !== this.stats.uid && !isOurs(this.stats);
    if (stats.isFile() && !foreign) return handle;
    await handle.close();
    throw Object.assign(new Error(`${name}: no file of this folder`), { code: 'EACCES' });
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Where a link leads, as an absolute path; undefined when it is none, or may be somebody else's. */
  async ownLink(name: string): Promise<string | undefined> {
    const found = await this.entry(name);
    if (!found?.isSymbolicLink() || !isOurs(this.stats) || !OWN.has(found.uid)) return undefined;
    return resolve(this.location, await readlink(this.at(name)));
  }
}

/** Opens the plain file at an absolute path, by the rules of `HeldFolder`; the caller closes it. */
export async function openPlain(path: string, links = 0): Promise<FileHandle> {
  const name = basename(path);
  await using folder = await HeldFolder.open(dirname(path));
  try {
    return await folder.read(name);
  } catch (thrown) {
    const isLink = (thrown as NodeJS.ErrnoException).code === 'ELOOP' && links < MOST_LINKS;
    const target = isLink ? await folder.ownLink(name) : undefined;
    if (target === undefined) throw thrown;
    return await openPlain(target, links + 1);
  }
}

const OWN = new Set([0, process.getuid?.() ?? 0]);

/** Nobody else can put anything into it. */
const isOurs = ({ uid, mode }: Stats): boolean => OWN.has(uid) && (mode & OTHERS_WRITE) === 0;

const namesOf = (path: string): string[] => resolve(path).split('/').filter(Boolean);

function notThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOTDIR' && error.code !== 'ELOOP') throw error;
}

function linked(path: string, there: Stats | undefined): Error {
  const code = there?.isSymbolicLink() ? 'ELOOP' : 'ENOTDIR';
  return Object.assign(new Error(`${code}: on the way to ${path}`), { code, path });
}
