import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../src/system/exec.ts';
import { until } from '../servers.ts';

/** Folders of the system that the daemon uses: each is one of the test's own there. */
const PLACES = ['/run/libvirt', '/etc/libvirt', '/var/lib/libvirt', '/var/log/libvirt', '/var/cache/libvirt'];

const QEMU_CONF = [
  ...['user = "root"', 'group = "root"', 'security_driver = "none"'],
  ...['stdio_handler = "file"', 'cgroup_controllers = []', 'namespaces = []'],
].join('\n');

/** What has to be there to run it; the name of the first that is missing. */
export const missingForLibvirt = (): string | undefined => {
  if (process.getuid?.() !== 0) return 'root';
  return ['/usr/sbin/libvirtd', '/usr/bin/virsh', '/usr/bin/qemu-system-x86_64'].find(
    (path) => !existsSync(path),
  );
};

/** A real libvirtd in mount and network namespaces of its own, or in those that `enter` leads into. */
export class LibvirtDaemon {
  readonly folder: string;
  readonly #enter: readonly string[];
  #child: ChildProcess | undefined;

  /** @param folder of one whose power was cut: what is on its disk stays */
  constructor(enter: readonly string[] = ['unshare', '-m', '-n'], folder?: string) {
    this.folder = folder ?? mkdtempSync(join(tmpdir(), 'virt-'));
    this.#enter = enter;
    rmSync(this.#own('/run/libvirt'), { recursive: true, force: true });
    for (const place of PLACES) mkdirSync(this.#own(place), { recursive: true });
    writeFileSync(
      join(this.#own('/etc/libvirt'), 'libvirtd.conf'),
      'auth_unix_ro = "none"\nauth_unix_rw = "none"\n',
    );
    writeFileSync(join(this.#own('/etc/libvirt'), 'qemu.conf'), QEMU_CONF);
    this.#account('/etc/passwd', 'libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin');
    this.#account('/etc/group', 'libvirt-qemu:x:64055:\nkvm:x:64056:');
  }

  /** The socket for looking only. */
  get socket(): string {
    return join(this.#own('/run/libvirt'), 'libvirt-sock-ro');
  }

  /** Times that it started QEMU for this guest. */
  starts(name: string): number {
    const log = join(this.#own('/var/log/libvirt'), 'qemu', `${name}.log`);
    return existsSync(log) ? (readFileSync(log, 'utf8').match(/: starting up/g) ?? []).length : 0;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts it and waits until it answers. */
  async start(): Promise<void> {
    for (const place of PLACES) mkdirSync(place, { recursive: true });
    const binds = [...PLACES, '/etc/passwd', '/etc/group'].map(
      (place) => `{ mountpoint -q ${place} || mount --bind ${this.#own(place)} ${place}; }`,
    );
    const command = [...binds, `exec /usr/sbin/libvirtd --pid-file ${join(this.folder, 'pid')}`].join(' && ');
    const log = openSync(join(this.folder, 'log'), 'a');
    const [program = '', ...words] = this.#enter;
    this.#child = spawn(program, [...words, 'sh', '-c', command], {
      stdio: ['ignore', log, log],
    });
    await until(async () => await this.virsh('version').then(() => true));
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  async virsh(...words: string[]): Promise<string> {
    const socket = join(this.#own('/run/libvirt'), 'libvirt-sock');
    const argv = ['virsh', '-q', '-c', `qemu+unix:///system?socket=${socket}`, ...words];
    const { code, stdout, stderr } = await run(argv, { timeout: 60_000 });
    if (code !== 0) throw new Error(`virsh ${words.join(' ')}: ${stderr}\n${this.log()}`);
    return stdout.trim();
  }

  /** Defines a guest that QEMU emulates without help of the processor. @returns its uuid */
  async define(name: string, mebibytes: number, vcpus: number): Promise<string> {
    const file = join(this.folder, `${name}.xml`);
    writeFileSync(
      file,
      `<domain type='qemu'><name>${name}</name><memory unit='MiB'>${mebibytes}</memory><vcpu>${vcpus}</vcpu>
       <os><type arch='x86_64'>hvm</type></os><on_crash>preserve</on_crash></domain>`,
    );
    await this.virsh('define', file);
    return this.virsh('domuuid', name);
  }

  log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8').split('\n').slice(-20).join('\n');
  }

  async end(): Promise<void> {
    for (const name of (await this.virsh('list', '--name').catch(() => '')).split('\n').filter(Boolean))
      await this.virsh('destroy', name);
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #own(place: string): string {
    return join(this.folder, place.slice(1).replaceAll('/', '_'));
  }

  #account(place: string, lines: string): void {
    copyFileSync(place, this.#own(place));
    if (!readFileSync(place, 'utf8').includes('libvirt-qemu:'))
      writeFileSync(this.#own(place), `${lines}\n`, { flag: 'a' });
  }
}
