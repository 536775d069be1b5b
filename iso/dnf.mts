import { $, fs, os, path } from 'zx';
import type { Generation } from './base.mts';

/** Repositories by their names, each a folder with repodata. */
export type Repositories = ReadonlyMap<string, string>;

export interface Package {
  /** Name, version and architecture as one word. */
  id: string;
  repository: string;
  /** Path below the repository's folder. */
  location: string;
  size: number;
}

/** dnf for a machine of that generation on which nothing is installed, with these repositories alone. */
export class Dnf {
  readonly #generation: Generation;
  readonly #repositories: Repositories;
  #folder = '';

  constructor(generation: Generation, repositories: Repositories) {
    this.#generation = generation;
    this.#repositories = repositories;
  }

  async end(): Promise<void> {
    if (this.#folder !== '') await fs.remove(this.#folder);
  }

  /** Needs of the packages in `repository` that nothing meets, `NEED (PACKAGE)`. */
  async unmet(repository: string): Promise<string[]> {
    const { stdout, stderr, exitCode } = await this.#run(['repoclosure', '--check', repository]);
    if (exitCode !== 0 && !stdout.includes('unresolved deps (')) throw new Error(`dnf: ${stderr.trim()}`);
    const found: string[] = [];
    let needing = '';
    for (const line of stdout.split('\n')) {
      needing = /^package: (\S+)/.exec(line)?.[1] ?? needing;
      if (/^ {4}\S/.test(line)) found.push(`${line.trim()} (${needing.replace(/-[^-]+-[^-]+$/, '')})`);
    }
    return found;
  }

  /** What installing an environment takes; or what is missing for it, a line each. */
  async resolve(
    environment: string,
  ): Promise<{ packages: { id: string; repository: string }[] } | { missing: string[] }> {
    const { stdout, stderr } = await this.#run(['group', 'install', environment, '--assumeno']);
    const missing = [
      ...(stdout + stderr).matchAll(/nothing provides (.+? needed by \S+)/g),
      ...(stdout + stderr).matchAll(/No match for group package "([^"]+)"/g),
    ].map((match) => match[1] ?? '');
    if (missing.length > 0) return { missing: [...new Set(missing)] };
    if (!stdout.includes('Transaction Summary')) return { missing: [stderr.trim() || stdout.trim()] };
    const rows = stdout.matchAll(/^ (\S+)\s+(x86_64|noarch|i686)\s+(\S+)\s+(\S+)\s+[\d.]+ [kMG]?/gm);
    return {
      packages: [...rows].map(([, name, arch, version, repository = '']) => ({
        id: `${name}-${version?.replace(/^\d+:/, '')}.${arch}`,
        repository,
      })),
    };
  }

  /** Every package of every repository. */
  async packages(): Promise<Package[]> {
    const format = '%{name}-%{version}-%{release}.%{arch}|%{repoid}|%{location}|%{downloadsize}';
    const { stdout } = await this.#answer(['repoquery', '--quiet', '--qf', format]);
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split('|'))
      .map(([id = '', repository = '', location = '', size]) => ({
        id,
        repository,
        location,
        size: Number(size),
      }));
  }

  /** Names of the environments in the order in which an installer shows them. */
  async environments(): Promise<string[]> {
    const { stdout } = await this.#answer(['group', 'list', '--quiet']);
    const block = /Available Environment Groups:\n((?: {3}.*\n?)+)/.exec(stdout)?.[1] ?? '';
    return block
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }

  async #answer(argv: readonly string[]) {
    const done = await this.#run(argv);
    if (done.exitCode !== 0) throw new Error(`dnf: ${done.stderr.trim()}`);
    return done;
  }

  async #run(argv: readonly string[]) {
    if (this.#folder === '') this.#folder = await fs.mkdtemp(path.join(os.tmpdir(), 'zs-dnf-'));
    const folder = this.#folder;
    await fs.ensureDir(path.join(folder, 'log'));
    await fs.writeFile(path.join(folder, 'dnf.conf'), '[main]\n');
    const places = [
      `--config=${folder}/dnf.conf`,
      `--installroot=${folder}/root`,
      `--setopt=cachedir=${folder}/cache`,
      `--setopt=logdir=${folder}/log`,
      '--setopt=reposdir=/nonexistent',
      '--setopt=keepcache=0',
      '--disableplugin=*',
      '--enableplugin=repoclosure',
    ];
    const machine = [
      `--releasever=${this.#generation}`,
      `--setopt=module_platform_id=platform:el${this.#generation}`,
      '--forcearch=x86_64',
    ];
    const repositories = [...this.#repositories].map(([name, place]) => `--repofrompath=${name},${place}`);
    // A column that is too narrow breaks a row in two.
    const env = { ...process.env, LC_ALL: 'C.UTF-8', COLUMNS: '1000', HOME: folder };
    return $({
      env,
      quiet: true,
      nothrow: true,
      timeout: '10m',
    })`dnf ${places} ${machine} ${repositories} ${argv}`;
  }
}
