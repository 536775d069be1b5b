import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ended, openFolder, until } from './servers.ts';

/** A real systemd in namespaces of its own; programs that run `inside` take it for the machine's. */
export class OwnSystemd {
  readonly folder = openFolder('systemd-');
  #child: ChildProcess | undefined;

  async start(): Promise<void> {
    const script = join(import.meta.dirname, 'own-systemd.sh');
    const argv = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', script, this.folder];
    const child = spawn('unshare', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    let said = '';
    child.stdout.on('data', (part: Buffer) => {
      said += part;
    });
    await until(async () => said.includes('ready') || undefined);
  }

  /** Writes a unit and has it read. */
  unit(name: string, text: string): void {
    writeFileSync(join(this.folder, 'run/systemd/user', name), text);
    this.inside(['systemctl', 'daemon-reload']);
  }

  /** Runs a program there. Answers its words; throws when it fails. */
  inside(argv: readonly string[]): string {
    const [pid = ''] = execFileSync('pgrep', ['-P', String(this.#child?.pid)], { encoding: 'utf8' }).split(
      '\n',
    );
    const there = ['--target', pid, '--mount', '--pid', '--', ...argv];
    return execFileSync('nsenter', there, { encoding: 'utf8', timeout: 60_000 }).trim();
  }

  async end(): Promise<void> {
    this.#child?.kill('SIGKILL');
    if (this.#child !== undefined) await ended(this.#child);
    rmSync(this.folder, { recursive: true });
  }
}
