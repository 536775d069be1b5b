import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, rename, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { ensureFolder, readText, removeTree, syncFile, syncFolder, writeWhole } from '../../system/files.ts';
import type { PackageFile } from './schema.ts';

const LIMIT = 4096;
/** Free bytes that are left on the disk, beside the packages and what they unpack to. */
const SPARE = 1_000_000_000;
const MOST = 2_000_000_000;

/** Packages that lie ready on this node, a folder a version; and what `zs-follow` is to do with them, or did. */
export class PackageStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether these packages of a version are at hand. */
  async has(version: string, names: readonly string[]): Promise<boolean> {
    const files: string[] = await readdir(this.#of(version)).catch(() => []);
    return names.every((name) =>
      files.some((file) => ['-', '_'].some((sign) => file.startsWith(`${name}${sign}${version}`))),
    );
  }

  /**
   * Takes the packages of a version in: all of them, as their checksums say, or none. Throws `conflict` without room,
   * `failed` for one that is another.
   */
  async take(
    version: string,
    packages: readonly PackageFile[],
    open: (file: string, signal: AbortSignal) => Promise<Readable>,
    signal: AbortSignal,
  ): Promise<void> {
    const draft = join(this.#folder, '.partial');
    const size = packages.reduce((sum, each) => sum + each.size, 0);
    await ensureFolder(this.#folder);
    await removeTree(draft);
    const { bavail, bsize } = await statfs(this.#folder);
    if (size > MOST || bavail * bsize < size + SPARE) throw noRoom(size + SPARE);
    await ensureFolder(draft);
    try {
      for (const each of packages) await fetched(join(draft, each.file), each, await open(each.file, signal));
      await syncFolder(draft);
      await removeTree(this.#of(version));
      await rename(draft, this.#of(version));
      await syncFolder(this.#folder);
    } catch (thrown) {
      await removeTree(draft);
      throw thrown;
    }
  }

  /** Has `zs-follow` go from one version to another. @param linked it has to see that the link comes back */
  async begin(from: string, to: string, linked: boolean): Promise<void> {
    if (linked) await writeWhole(join(this.#folder, 'linked'), '');
    await writeWhole(join(this.#folder, 'going'), `${from} ${to}\n`);
  }

  /** The version that did not go well last, and why; undefined when none did. */
  async failed(): Promise<{ version: string; why: string } | undefined> {
    const text = await readText(join(this.#folder, 'ended'), LIMIT);
    const [, version, why = ''] = /^(\S+) ?(.*)/.exec(text ?? '') ?? [];
    return version === undefined ? undefined : { version, why };
  }

  forgetFailed(): Promise<void> {
    return removeTree(join(this.#folder, 'ended'));
  }

  /** Nothing but what is of these versions stays. */
  async prune(versions: readonly string[]): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    const old = names.filter((name) => /^[0-9]/.test(name) && !versions.includes(name));
    for (const name of old) await removeTree(join(this.#folder, name));
  }

  #of(version: string): string {
    return join(this.#folder, version);
  }
}

async function fetched(path: string, { file, size, sha256 }: PackageFile, bytes: Readable): Promise<void> {
  const hash = createHash('sha256');
  let length = 0;
  bytes.on('data', (chunk: Buffer) => {
    length += chunk.length;
    hash.update(chunk);
    if (length > size) bytes.destroy(other(file));
  });
  await pipeline(bytes, createWriteStream(path, { mode: 0o600 }));
  if (length !== size || hash.digest('hex') !== sha256) throw other(file);
  await syncFile(path);
}

const other = (file: string): Fault =>
  new Fault('failed', say(`${file} came otherwise than its checksum says`, `${file} 与校验和不符`));

const noRoom = (needed: number): Fault => {
  const megabytes = Math.ceil(needed / 1_000_000);
  return new Fault(
    'conflict',
    say(`${megabytes} MB of free space are needed`, `需要 ${megabytes} MB 可用空间`),
  );
};
