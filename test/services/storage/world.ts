import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FaultRecord } from '../../../src/api/fault.ts';

const NODE = resolve('node_modules/.bin/node');
const CHILD = resolve(import.meta.dirname, 'expand-child.ts');
const DISK_BYTES = 400 * 2 ** 20;
export const STORAGE = '5'.repeat(32);

/** Runs a program that must do well; answers what it said. */
export function ran(program: string, ...words: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${error ?? stderr}`);
  return stdout;
}

/** Why there are no disks here; undefined when there are. */
export function missingForDisks(): string | undefined {
  if (process.getuid?.() !== 0) return 'root';
  if (!existsSync('/dev/loop-control')) return 'the kernel has no loop devices';
  const lacking = ['mkfs.xfs', 'wipefs', 'losetup', 'setfattr'].find(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0,
  );
  return lacking === undefined ? undefined : `${lacking} is not installed`;
}

export interface Did {
  killed: boolean;
  points: number;
  outcomes: string[];
  output?: unknown;
  fault?: FaultRecord;
}

/** A storage with files of every kind, disks, and an fstab of the test's own. */
export class StorageWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'zs-expand-'));
  readonly path = join(this.folder, 'vms');
  readonly #disks: string[] = [];

  constructor() {
    this.again();
    writeFileSync(join(this.folder, 'host.json'), '{"state":"Enabled"}');
    writeFileSync(this.fstab, '# made by hand\n/dev/none\t/none ext4 noauto 0 0');
    mkdirSync(join(this.folder, 'guests'));
    writeFileSync(join(this.folder, 'guests', 'storages.json'), JSON.stringify({ [STORAGE]: this.path }));
  }

  get fstab(): string {
    return join(this.folder, 'fstab');
  }

  get host(): { state?: string; room?: { total: number } } {
    return JSON.parse(readFileSync(join(this.folder, 'host.json'), 'utf8'));
  }

  /** The storage as it was at the beginning: owners, modes, links, holes and attributes. */
  again(): void {
    mkdirSync(join(this.path, 'volumes'), { recursive: true });
    const file = join(this.path, 'volumes', 'a volume.qcow2');
    writeFileSync(file, Buffer.alloc(3_000_000, 'volume'));
    ran('truncate', '--size=64M', join(this.path, 'sparse.raw'));
    ran('ln', '-f', file, join(this.path, 'hard.qcow2'));
    ran('ln', '-sf', '/nowhere', join(this.path, 'soft'));
    ran('chown', '64055:64055', file);
    ran('chmod', '0640', file);
    ran('setfattr', '-n', 'user.zs', '-v', 'kept', file);
    ran('touch', '-d', '2020-02-02', join(this.path, 'volumes'));
  }

  /** All that can be seen of the storage's files, in one text. */
  look(path = this.path): string {
    const [format, size] = ['%P %y %m %U:%G %T@ %n %l', ' %s'];
    const kinds = ['!', '-type', 'd', '-printf', `${format}${size}\n`, '-o', '-printf', `${format}\n`];
    const shapes = ran('find', path, '-mindepth', '1', ...kinds)
      .split('\n')
      .sort()
      .join('\n');
    const sums = ran(
      'sh',
      '-c',
      `cd '${path}' && find . -type f -not -name sparse.raw -exec sha256sum {} + | sort`,
    );
    const attributes = ran('getfattr', '--only-values', '-n', 'user.zs', join(path, 'hard.qcow2'));
    return [shapes, sums, attributes].join('\n');
  }

  /** A new disk. */
  disk(bytes = DISK_BYTES): string {
    const file = join(this.folder, `disk-${this.#disks.length}`);
    ran('truncate', `--size=${bytes}`, file);
    const device = ran('losetup', '--find', '--show', file).trim();
    this.#disks.push(device);
    return device;
  }

  async do(action: string, input: object = {}, killAt = 0): Promise<Did> {
    const words = [CHILD, this.folder, `storage.${action}`, JSON.stringify(input), String(killAt)];
    const child = spawn(NODE, words, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let [said, wrong] = ['', ''];
    child.stdout.on('data', (text) => {
      said += text;
    });
    child.stderr.on('data', (text) => {
      wrong += text;
    });
    const [code, signal] = await once(child, 'close');
    if (signal === 'SIGKILL') {
      // As systemd does: what it had started goes with it.
      spawnSync('pkill', ['-KILL', '--pgroup', String(child.pid)]);
      return { killed: true, points: 0, outcomes: [] };
    }
    if (code !== 0) throw new Error(`${wrong}${said}`);
    return { killed: false, ...JSON.parse(said) };
  }

  /** What is mounted below the folder, the latest first. */
  get mounts(): string[] {
    const rows = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    return rows
      .flatMap((row) => row.split(' ')[4] ?? [])
      .filter((at) => at.startsWith(this.folder))
      .reverse();
  }

  /** As a power cut does: nothing is mounted any more. */
  cutMounts(): void {
    for (const at of this.mounts) ran('umount', at);
  }

  end(): void {
    this.cutMounts();
    for (const device of this.#disks) ran('losetup', '--detach', device);
    spawnSync('sh', ['-c', `chattr -R -i '${this.folder}'`]);
    rmSync(this.folder, { recursive: true });
  }
}
