import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { PackageFile, PackageFormat } from '../../node/follow/schema.ts';

/** Where packages of ours may lie on a management node. */
export const PACKAGE_FOLDERS = [
  '/var/lib/zstack/packages',
  '/opt/zstack-dvd/ZSNode/Packages',
  '/opt/zstack-dvd/ZSNode.before/Packages',
  '/var/cache/apt/archives',
];

const NAME = /^zs-[a-z-]+(_[0-9.]+_amd64\.deb|-[0-9.]+-1\.(x86_64|noarch)\.rpm)$/;

/** What a package's file may be called. */
const filesOf = (format: PackageFormat, name: string, version: string): [string, ...string[]] =>
  format === 'deb'
    ? [`${name}_${version}_amd64.deb`]
    : [`${name}-${version}-1.x86_64.rpm`, `${name}-${version}-1.noarch.rpm`];

interface Known {
  readonly of: string;
  readonly sha256: Promise<string>;
}

/** Packages of ours that this machine has. */
export class OwnPackages {
  readonly #folders: readonly string[];
  readonly #known = new Map<string, Known>();

  constructor(folders: readonly string[] = PACKAGE_FOLDERS) {
    this.#folders = folders;
  }

  /** Where a file is; undefined for one that is not there, or none of ours. */
  async pathOf(file: string): Promise<string | undefined> {
    if (!NAME.test(file)) return undefined;
    for (const folder of this.#folders) {
      const names: string[] = await readdir(folder).catch(() => []);
      if (names.includes(file)) return join(folder, file);
    }
    return undefined;
  }

  /** The packages of one version; `missing`: the files that are not there. */
  async find(
    format: PackageFormat,
    names: readonly string[],
    version: string,
  ): Promise<{ packages: PackageFile[]; missing: string[] }> {
    const found = await Promise.all(names.map((name) => this.#first(filesOf(format, name, version))));
    const packages = found.flatMap(({ file, path }) =>
      path === undefined ? [] : [this.#describe(file, path)],
    );
    const missing = found.flatMap(({ file, path }) => (path === undefined ? [file] : []));
    return { packages: await Promise.all(packages), missing };
  }

  async #first(files: [string, ...string[]]): Promise<{ file: string; path: string | undefined }> {
    for (const file of files) {
      const path = await this.pathOf(file);
      if (path !== undefined) return { file, path };
    }
    return { file: files[0], path: undefined };
  }

  async #describe(file: string, path: string): Promise<PackageFile> {
    const { size, mtimeMs } = await stat(path);
    const of = `${size} ${mtimeMs}`;
    const before = this.#known.get(path);
    const known = before?.of === of ? before : { of, sha256: digestOf(path) };
    this.#known.set(path, known);
    return { file, size, sha256: await known.sha256 };
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
