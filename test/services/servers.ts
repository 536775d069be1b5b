import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Secret } from '../../src/api/secret-text.ts';
import { mustRun } from '../../src/system/exec.ts';
import { Database, type DatabaseAddress } from '../../src/system/mariadb.ts';

/** Asks again and again until the answer is there; the last error when it never is. */
export async function until<T>(ask: () => Promise<T | undefined>, seconds = 90): Promise<T> {
  const end = performance.now() + seconds * 1000;
  let last: unknown = new Error('nothing came');
  while (performance.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (thrown) {
      last = thrown;
    }
    await delay(50);
  }
  throw last;
}

/**
 * Ports that each process of tests has to itself, below those that the kernel gives to whoever asks for any. Those that
 * run side by side have other pool numbers, those of another run most likely other process numbers.
 */
const [FIRST_PORT, RUNS, SIDE_BY_SIDE, PORTS] = [10_000, 45, 4, 120];
const OWN_BLOCK =
  (process.pid % RUNS) * SIDE_BY_SIDE + (Number(process.env.VITEST_POOL_ID ?? 0) % SIDE_BY_SIDE);
let given = 0;

/** A port that nobody uses now, and no other test is given. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + OWN_BLOCK * PORTS + (given++ % PORTS);
    if (await isFree(port)) return port;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });

/** A folder that the servers' own users may pass through. */
export function openFolder(prefix: string, parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, prefix));
  chmodSync(folder, 0o755);
  return folder;
}

export function ownedFolder(path: string, user: string): string {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  chownSync(path, id('-u'), id('-g'));
  return path;
}

export const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

/** A real database server with a folder, a socket and a port of its own. */
export class MariadbServer {
  readonly folder: string;
  readonly port: number;
  readonly socket: string;
  #child: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
    this.socket = join(folder, 'run', 'my.sock');
  }

  /** @param parent folder that its own is made in */
  static async create(parent?: string): Promise<MariadbServer> {
    const server = new MariadbServer(openFolder('mariadb-', parent), await freePort());
    ownedFolder(join(server.folder, 'data'), 'mysql');
    ownedFolder(join(server.folder, 'run'), 'mysql');
    ownedFolder(join(server.folder, 'tmp'), 'mysql');
    const options = ['--auth-root-authentication-method=socket', '--skip-test-db'];
    execFileSync(
      'mariadb-install-db',
      [
        '--no-defaults',
        '--user=mysql',
        `--datadir=${server.folder}/data`,
        `--tmpdir=${server.folder}/tmp`,
        ...options,
      ],
      { stdio: 'ignore' },
    );
    await server.start();
    return server;
  }

  async start(...options: string[]): Promise<void> {
    const { folder, socket, port } = this;
    const log = openSync(join(folder, 'server.log'), 'a');
    this.#child = spawn(
      '/usr/sbin/mariadbd',
      [
        ...['--no-defaults', '--user=mysql', `--datadir=${folder}/data`, `--socket=${socket}`],
        ...[
          `--tmpdir=${folder}/tmp`,
          `--pid-file=${folder}/run/my.pid`,
          '--bind-address=127.0.0.1',
          `--port=${port}`,
        ],
        ...['--innodb-buffer-pool-size=64M', '--performance-schema=OFF', ...options],
      ],
      { stdio: ['ignore', log, log] },
    );
    const root = await until(() => this.root());
    root.close();
  }

  /** It takes connections and answers nothing. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  root(): Promise<Database> {
    return Database.open({ socket: this.socket }, { user: 'root' });
  }

  get tcp(): DatabaseAddress {
    return { host: '127.0.0.1', port: this.port };
  }

  login(user: string, password: string, address: DatabaseAddress = this.tcp): Promise<Database> {
    return Database.open(address, { user, password: new Secret(password) });
  }

  /** Whether this password opens the account over TCP. */
  async opens(user: string, password: string): Promise<boolean> {
    const database = await this.login(user, password).catch(() => undefined);
    database?.close();
    return database !== undefined;
  }

  get log(): string {
    return readFileSync(join(this.folder, 'server.log'), 'utf8');
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.kill(signal);
    await ended(child);
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A real broker under a node name, a cookie and ports of its own. */
export class RabbitServer {
  readonly folder = openFolder('rabbit-');
  port = 0;
  #env: Record<string, string> = {};
  #child: ChildProcess | undefined;
  #prefix = AS_RABBIT;

  /** @param hostname of the machine, for this broker and its command alone */
  static async create(hostname?: string): Promise<RabbitServer> {
    const server = new RabbitServer();
    if (hostname !== undefined) server.#prefix = [...UNDER_NAME, hostname, ...AS_RABBIT];
    const home = ownedFolder(join(server.folder, 'home'), 'rabbitmq');
    const [port, dist, epmd] = [await freePort(), await freePort(), await freePort()];
    server.port = port;
    server.#env = {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      LANG: 'C.UTF-8',
      HOME: home,
      RABBITMQ_NODENAME: `t${port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(dist),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(epmd),
      RABBITMQ_CONFIG_FILE: join(home, 'none'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_MNESIA_BASE: join(home, 'mnesia'),
      RABBITMQ_LOG_BASE: join(home, 'log'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'plugins'),
      RABBITMQ_PID_FILE: join(home, 'pid'),
    };
    await server.start();
    return server;
  }

  /** The command that talks to this broker, to be run with `env`. */
  get command(): string[] {
    return [...this.#prefix, '/usr/lib/rabbitmq/bin/rabbitmqctl'];
  }

  get env(): Record<string, string> {
    return this.#env;
  }

  async start(): Promise<void> {
    const log = openSync(join(this.folder, 'server.log'), 'a');
    const [program = '', ...rest] = [...this.#prefix, '/usr/lib/rabbitmq/bin/rabbitmq-server'];
    this.#child = spawn(program, rest, { env: this.#env, stdio: ['ignore', log, log], cwd: this.folder });
    await until(() => this.ctl(['await_startup', '--timeout', '240']));
  }

  ctl(argv: string[], input = ''): Promise<string> {
    return mustRun([...this.command, ...argv], { timeout: 250_000, env: this.#env, input });
  }

  get log(): string {
    return readFileSync(join(this.folder, 'server.log'), 'utf8');
  }

  /** It takes connections and answers nothing, as on a machine that is very busy. For when no command runs. */
  freeze(): void {
    signalled(this.#mark, 'SIGSTOP', 'beam.smp');
  }

  thaw(): void {
    signalled(this.#mark, 'SIGCONT');
  }

  /** What all have in their environment that were started with its epmd port, which is nobody else's. */
  get #mark(): string {
    return `ERL_EPMD_PORT=${this.#env.ERL_EPMD_PORT}`;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    await this.ctl(['stop']);
    await ended(child);
  }

  async remove(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await until(async () => signalled(this.#mark, 'SIGKILL') === 0 || undefined);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const UNDER_NAME = ['unshare', '--uts', 'sh', '-ec', 'hostname "$0"; exec "$@"'];
const AS_RABBIT = ['setpriv', '--reuid=rabbitmq', '--regid=rabbitmq', '--clear-groups'];

/** Sends a signal to all processes that have this in their environment, or to those of this name. Answers how many. */
function signalled(mark: string, signal: NodeJS.Signals, name?: string): number {
  const pids = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid));
  return pids.filter((pid) => {
    const text = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8');
    try {
      const isIts = text('environ').split('\0').includes(mark);
      return (
        isIts && (name ?? text('comm').trim()) === text('comm').trim() && process.kill(Number(pid), signal)
      );
    } catch {
      // It has ended meanwhile.
      return false;
    }
  }).length;
}
