import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ended, openFolder, until } from '../servers.ts';

const NAMESPACES = ['--mount', '--pid', '--net', '--uts', '--ipc', '--cgroup'];
const LIMIT_MILLISECONDS = 600_000;

/** What a program there has said, and how it ended. */
export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

/** The system on a node's disk, run in namespaces; switched off and on again it has what it wrote. */
export class OwnNode {
  readonly #folder = openFolder('node-');
  readonly #image: string;
  #child: ChildProcess | undefined;
  #pid = '';

  /** @param image a raw disk without partitions, which is not changed */
  constructor(image: string) {
    this.#image = image;
  }

  /** Settles when its systemd answers. */
  async start(): Promise<void> {
    const script = join(import.meta.dirname, 'own-node.sh');
    const argv = [...NAMESPACES, '--fork', '--kill-child', 'sh', script, this.#image, this.#folder];
    const child = spawn('unshare', argv, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said += part;
    });
    const answers = async () => {
      if (child.exitCode !== null) throw new Error(said);
      this.#pid = spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).stdout.trim();
      return (
        (this.#pid !== '' && (await this.attempt('systemctl', 'is-active', 'dbus.service')).code === 0) ||
        undefined
      );
    };
    await until(answers, 120);
  }

  /** Its cable's other end goes to a bridge of another network namespace, which that process is in. */
  async plugInto(pid: string, bridge: string): Promise<void> {
    await this.run('ip', 'link', 'set', 'far', 'down');
    const wire = [
      `nsenter -t ${this.#pid} -n ip link set far netns ${pid}`,
      `nsenter -t ${pid} -n ip link set far master ${bridge} up`,
    ];
    execFileSync('sh', ['-euc', wire.join('; ')]);
  }

  /** A file of it, as seen from here. */
  path(file: string): string {
    return `/proc/${this.#pid}/root${file}`;
  }

  /** Every process ends at once, whatever it is at. */
  async cut(): Promise<void> {
    this.#child?.kill('SIGKILL');
    if (this.#child !== undefined) await ended(this.#child);
  }

  /** Runs a program there to its end. */
  attempt(...argv: readonly string[]): Promise<Said> {
    const there = ['--target', this.#pid, ...NAMESPACES, '--root', '--wd', '--', ...argv];
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' };
    return new Promise((resolve) => {
      execFile('nsenter', there, { timeout: LIMIT_MILLISECONDS, env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      });
    });
  }

  /** As `attempt`; throws when it fails. Answers what it said. */
  async run(...argv: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.attempt(...argv);
    if (code !== 0) throw new Error(`${argv.join(' ')}: code ${code}\n${stdout}${stderr}`);
    return stdout.trim();
  }

  /** Lines of shell, ended by the first that fails. */
  shell(script: string): Promise<string> {
    return this.run('sh', '-eu', '-c', script);
  }

  async end(): Promise<void> {
    await this.cut();
    rmSync(this.#folder, { recursive: true });
  }
}
