import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FaultRecord } from '../../../src/api/fault.ts';
import { until } from '../servers.ts';

const NODE = resolve('node_modules/.bin/node');
const CHILD = resolve(import.meta.dirname, 'expand-child.ts');
export const DISK_BYTES = 400 * 2 ** 20;
export const STORAGE = '5'.repeat(32);

/** Gives back what it holds of others' mounts. */
const OTHERS =
  'while read -r _ at _; do case $at in /tmp/*) umount -l "$at" 2>&-; esac; done </proc/self/mounts';
let space: number | undefined;

/**
 * Disks are mounted where only the tests of one file see it: every other mount namespace that comes about meanwhile would
 * keep them busy. Answers the process that keeps it.
 */
function keeper(): number {
  if (space !== undefined) return space;
  const words = ['--mount', '--propagation', 'private', 'sh', '-c', `${OTHERS}; exec sleep infinity`];
  const { pid = 0 } = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...words], { stdio: 'ignore' });
  const name = () => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  for (let tries = 0; name() !== 'sleep'; tries += 1) {
    if (tries > 600) throw new Error('no mount namespace of its own');
    spawnSync('sleep', ['0.1']);
  }
  process.once('exit', () => process.kill(pid));
  space = pid;
  return pid;
}

/** How a program is begun there. */
export const inSpace = (...argv: string[]): [string, string[]] => [
  'nsenter',
  [`--mount=/proc/${keeper()}/ns/mnt`, '--', ...argv],
];

/** A path as it is there. */
export const inside = (path: string): string => `/proc/${keeper()}/root${path}`;

/** Runs a program that must do well; answers what it said. */
export function ran(program: string, ...words: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(...inSpace(program, ...words), { encoding: 'utf8' });
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

/** Others may look at each mount for a moment, as `blkid` and the kernel do. */
function unmounted(at: string, tries = 100): void {
  try {
    ran('umount', at);
  } catch (error) {
    if (tries === 0) throw error;
    spawnSync('sleep', ['0.1']);
    unmounted(at, tries - 1);
  }
}

/** Whether any process of that group runs still. */
function isGroupAlive(group: number): boolean {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.some((pid) => {
    try {
      // After the name in parentheses: state, parent, group.
      const [state, , its] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return Number(its) === group && !['Z', 'X'].includes(state ?? '');
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
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

  /** Gives the storage a disk for itself, as an installer does. */
  own(type: 'xfs' | 'ext4', line: (uuid: string) => string): string {
    const device = this.disk();
    ran(`mkfs.${type}`, '-q', device);
    ran('mount', device, this.path);
    this.again();
    const uuid = ran('blkid', '-p', '-s', 'UUID', '-o', 'value', device).trim();
    appendFileSync(this.fstab, `\n${line(uuid)}\n`);
    return device;
  }

  /** What is mounted in the storage's folder; undefined when nothing is. */
  get device(): string | undefined {
    const argv = inSpace('findmnt', '-nvo', 'SOURCE', '--mountpoint', this.path);
    return spawnSync(...argv, { encoding: 'utf8' }).stdout.trim() || undefined;
  }

  /** The storage's files on a disk that is not mounted. */
  lookOn(device: string): string {
    const at = join(this.folder, 'looked-at');
    mkdirSync(at);
    ran('mount', '-o', 'ro', device, at);
    try {
      return this.look(existsSync(inside(join(at, 'storage'))) ? join(at, 'storage') : at);
    } finally {
      ran('umount', at);
      rmdirSync(at);
    }
  }

  get host(): { state?: string; room?: { total: number } } {
    return JSON.parse(readFileSync(join(this.folder, 'host.json'), 'utf8'));
  }

  /** The storage as it was at the beginning: owners, modes, links, holes and attributes. */
  again(): void {
    ran('mkdir', '-p', join(this.path, 'volumes'));
    const file = join(this.path, 'volumes', 'a volume.qcow2');
    writeFileSync(inside(file), Buffer.alloc(3_000_000, 'volume'));
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
    const child = spawn(...inSpace(NODE, ...words), { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let [said, wrong] = ['', ''];
    child.stdout.on('data', (text) => {
      said += text;
    });
    child.stderr.on('data', (text) => {
      wrong += text;
    });
    const [code, signal] = await once(child, 'close');
    if (signal === 'SIGKILL') {
      // As systemd does: what it had started goes with it, and has ended before anything is started again.
      spawnSync('pkill', ['-KILL', '--pgroup', String(child.pid)]);
      await until(async () => !isGroupAlive(child.pid ?? 0) || undefined);
      return { killed: true, points: 0, outcomes: [] };
    }
    if (code !== 0) throw new Error(`${wrong}${said}`);
    return { killed: false, ...JSON.parse(said) };
  }

  /** What is mounted below the folder, the latest first. */
  get mounts(): string[] {
    const rows = readFileSync(`/proc/${keeper()}/mountinfo`, 'utf8').split('\n');
    return rows
      .flatMap((row) => row.split(' ')[4] ?? [])
      .filter((at) => at.startsWith(this.folder))
      .reverse();
  }

  /** As a power cut does: nothing is mounted any more. */
  cutMounts(): void {
    for (const at of this.mounts) unmounted(at);
  }

  end(): void {
    this.cutMounts();
    for (const device of this.#disks) ran('losetup', '--detach', device);
    spawnSync('sh', ['-c', `chattr -R -i '${this.folder}'`]);
    rmSync(this.folder, { recursive: true });
  }
}
