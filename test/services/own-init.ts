import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ended, openFolder, until } from './servers.ts';

const CHECKOUT = join(import.meta.dirname, '../..');

/** A real systemd as the first process of namespaces of its own, with the package in its places. */
export class OwnInit {
  readonly folder = openFolder('init-');
  #child: ChildProcess | undefined;
  #pid = '';

  async start(): Promise<void> {
    const script = join(import.meta.dirname, 'own-init.sh');
    const namespaces = ['--mount', '--pid', '--net', '--cgroup', '--fork', '--kill-child', '--mount-proc'];
    const child = spawn('unshare', [...namespaces, 'sh', script, this.folder, CHECKOUT], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    this.#child = child;
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said += part;
    });
    const runs = async () => {
      if (child.exitCode !== null) throw new Error(said);
      try {
        this.#pid = execFileSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).trim();
        return this.inside(['systemctl', 'is-active', 'dbus.service']) === 'active' || undefined;
      } catch {
        return undefined;
      }
    };
    await until(runs);
  }

  /** Its files as this machine sees them. */
  get root(): string {
    return `/proc/${this.#pid}/root`;
  }

  /** How a program is started there. */
  get enter(): [string, ...string[]] {
    return ['nsenter', '--target', this.#pid, '--mount', '--pid', '--net', '--cgroup', '--'];
  }

  /** Runs a program there. Answers its words; throws when it fails. */
  inside(argv: readonly string[], input = ''): string {
    const [command, ...args] = [...this.enter, ...argv] as [string, ...string[]];
    return execFileSync(command, args, { encoding: 'utf8', timeout: 60_000, input, stdio: 'pipe' }).trim();
  }

  async end(): Promise<void> {
    this.#child?.kill('SIGKILL');
    if (this.#child !== undefined) await ended(this.#child);
    rmSync(this.folder, { recursive: true });
  }
}
