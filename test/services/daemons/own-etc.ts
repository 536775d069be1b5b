import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The PAM service of an installed node. */
const SERVICE = new URL('../../../scripts/install/pam', import.meta.url);

/**
 * A copy of this machine's /etc, for programs in a mount namespace of their own: root's password in it is the test's,
 * and the machine's own is never touched.
 */
export class OwnEtc {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<OwnEtc> {
    const folder = await mkdtemp(join(tmpdir(), 'zs-etc-'));
    const etc = new OwnEtc(folder);
    await cp('/etc', folder, { recursive: true, verbatimSymlinks: true });
    await cp(SERVICE, join(folder, 'pam.d/zs-guard'));
    return etc;
  }

  /** Runs a command with this folder as /etc. */
  get through(): string[] {
    const enter = 'mount --bind "$1" /etc && shift && exec "$@"';
    return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', enter, 'sh', this.folder];
  }

  setPassword(password: string): void {
    this.run(['chpasswd'], `root:${password}\n`);
  }

  /** Runs a program that changes it. */
  run(argv: readonly string[], input = ''): void {
    const [command = '', ...args] = [...this.through, ...argv];
    const ran = spawnSync(command, args, { input, encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(`${argv.join(' ')}: ${ran.stderr}`);
  }

  /** Root's password field, as it is. */
  async field(): Promise<string> {
    const row = (await this.#shadow()).find((line) => line.startsWith('root:'));
    return row?.split(':')[1] ?? '';
  }

  setField(field: string): Promise<void> {
    return this.setFields({ 1: field });
  }

  /** Fields of root's row in /etc/shadow by their places (shadow(5)): 1 password, 2 day of its change, 4 most days, 6 inactive, 7 expiry. */
  async setFields(fields: Readonly<Record<number, string>>): Promise<void> {
    const changed = (row: string) =>
      row
        .split(':')
        .map((field, place) => fields[place] ?? field)
        .join(':');
    const rows = (await this.#shadow()).map((row) => (row.startsWith('root:') ? changed(row) : row));
    await writeFile(join(this.folder, 'shadow'), rows.join('\n'));
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  async #shadow(): Promise<string[]> {
    return (await readFile(join(this.folder, 'shadow'), 'utf8')).split('\n');
  }
}
