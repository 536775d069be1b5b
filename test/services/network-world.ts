import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Connection, connect } from '../../src/api/client.ts';
import { run } from '../../src/system/exec.ts';

const SCRIPT = fileURLToPath(new URL('./network-world.sh', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** A busy machine is several times slower: what has to come is waited for. */
const WAIT = 90_000;

/** Waits until the answer is something other than undefined or false. */
export async function eventually<T>(what: string, ask: () => T | Promise<T>): Promise<NonNullable<T>> {
  const end = performance.now() + WAIT;
  while (performance.now() < end) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${what}: not within ${WAIT / 1000} s`);
}

interface WorldOptions {
  nics: number;
  nodeIni?: string;
  /** A real udev looks after the NICs, as on every booted node. */
  udev?: boolean;
  /** Tells it from other worlds on the same wire. */
  node?: number;
  /** Of one whose power was cut: it starts with what is on its disk. */
  folder?: string;
}

/**
 * A node of its own in new namespaces: real kernel links, a real NetworkManager on a private bus, and the controller
 * as it is installed, started from the sources.
 */
export class NetworkWorld {
  readonly folder: string;
  role = 'compute';
  /** Added to the controller's own. */
  environment: Record<string, string> = {};
  readonly #world: ChildProcess;
  #controller: ChildProcess | undefined;

  private constructor({
    nics,
    udev,
    node = 0,
    folder = mkdtempSync(join(tmpdir(), 'zs-network-')),
  }: WorldOptions) {
    this.folder = folder;
    const argv = ['--pdeathsig', 'TERM', 'unshare', '-m', '-n', SCRIPT, this.folder, String(nics)];
    this.#world = spawn('setpriv', argv, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, UDEV: udev === true ? '1' : '0', NODE: String(node) },
    });
    for (const stream of [this.#world.stdout, this.#world.stderr])
      stream?.on('data', (chunk: Buffer) => appendFileSync(join(this.folder, 'world.log'), chunk));
  }

  static async start(options: WorldOptions): Promise<NetworkWorld> {
    const world = new NetworkWorld(options);
    await eventually('NetworkManager', () => existsSync(join(world.folder, 'nm.pid')));
    await eventually('devices', () => world.#hasDevices());
    await run(['mkdir', '-p', join(world.folder, 'data/config')], { timeout: 60_000 });
    const nodeIni = join(world.folder, 'data/config/node.ini');
    if (!existsSync(nodeIni)) writeFileSync(nodeIni, options.nodeIni ?? '');
    return world;
  }

  async #hasDevices(): Promise<boolean> {
    const { stdout } = await run([...this.enter, 'nmcli', '-t', 'd'], { timeout: 60_000 });
    return /em01:ethernet:(dis)?connected/.test(stdout);
  }

  /** Runs a program in the node and answers what it printed. */
  async inside(...argv: string[]): Promise<string> {
    const { stdout, stderr, code } = await run([...this.enter, ...argv], { timeout: 60_000 });
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  }

  /** As `inside`, on the far side: the switch and the gateway. */
  async far(...argv: string[]): Promise<string> {
    const { stdout } = await run(['nsenter', '-t', this.farPid, '-n', ...argv], { timeout: 60_000 });
    return stdout;
  }

  get farPid(): string {
    return readFileSync(join(this.folder, 'far.pid'), 'utf8').trim();
  }

  /** Joins its switch with that of a world that has another number; the gateway is the other one's from now on. */
  async joinSwitch(other: NetworkWorld): Promise<void> {
    await this.far('ip', 'addr', 'flush', 'dev', 'sw0');
    const peer = ['peer', 'name', 'across', 'netns', other.farPid];
    await this.far('ip', 'link', 'add', 'across', 'type', 'veth', ...peer);
    for (const world of [this, other]) await world.far('ip', 'link', 'set', 'across', 'master', 'sw0', 'up');
  }

  get enter(): string[] {
    const bus = `DBUS_SYSTEM_BUS_ADDRESS=unix:path=${join(this.folder, 'bus')}`;
    return ['nsenter', '-t', String(this.#world.pid), '-m', '-n', 'env', bus];
  }

  async startController(...options: string[]): Promise<void> {
    const program = [process.execPath, join(ROOT, 'dist/controller.cjs')];
    const [command = '', ...argv] = [...this.enter, ...program, ...this.controllerOptions, ...options];
    this.#controller = spawn(command, argv, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...this.environment },
    });
    this.#controller.stderr?.on('data', (chunk: Buffer) =>
      appendFileSync(join(this.folder, 'controller.log'), chunk),
    );
    await eventually('controller', () => this.#answers());
  }

  async #answers(): Promise<boolean> {
    try {
      (await this.connect()).close();
      return true;
    } catch {
      return false;
    }
  }

  get controllerOptions(): string[] {
    return ['--data', join(this.folder, 'data'), '--role', this.role];
  }

  get socket(): string {
    return join(this.folder, 'data/run/controller.sock');
  }

  connect(): Promise<Connection> {
    return connect(this.socket, { program: 'script', line: '-', version: '0' });
  }

  /** Works with a controller that runs only meanwhile. */
  async meanwhile<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    await this.startController();
    const connection = await this.connect();
    try {
      return await work(connection);
    } finally {
      connection.close();
      await this.killController();
    }
  }

  async killController(): Promise<void> {
    const ended = this.controllerEnds();
    this.#controller?.kill('SIGKILL');
    await ended;
  }

  /** It is there and does nothing, until it is thawed. */
  freezeController(): void {
    this.#controller?.kill('SIGSTOP');
  }

  thawController(): void {
    this.#controller?.kill('SIGCONT');
  }

  /** Settles when the controller has ended. */
  async controllerEnds(): Promise<void> {
    const child = this.#controller;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => child.once('exit', resolve));
  }

  /** Asks the controller to end, as systemd does, and waits until it has. */
  async stopController(): Promise<void> {
    const child = this.#controller;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  /** Kills NetworkManager; it is started again, as systemd does. */
  async restartNetworkManager(): Promise<void> {
    await this.#restart('nm');
    await eventually('NetworkManager answers', () =>
      this.inside('nmcli', '-t', 'd').then(
        () => true,
        () => false,
      ),
    );
  }

  /** Kills the bus. NetworkManager does not end with it: systemd ends it, since it has lost its name, and starts both. */
  async restartBus(): Promise<void> {
    await this.#restart('bus');
    await this.restartNetworkManager();
  }

  async #restart(what: 'nm' | 'bus'): Promise<void> {
    const pid = () => readFileSync(join(this.folder, `${what}.pid`), 'utf8').trim();
    const before = pid();
    await run(['kill', '-KILL', before], { timeout: 60_000 });
    await eventually(`${what} again`, () => pid() !== before);
  }

  /** Ends all that runs in it at once, as a power cut does, and clears what is in memory. It is over with this world. */
  async powerCut(): Promise<void> {
    const here = mountsOf(String(this.#world.pid));
    if (here === undefined) throw new Error('this world has ended');
    const over = new Promise((resolve) => this.#world.once('exit', resolve));
    const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && mountsOf(name) === here);
    await run(['kill', '-KILL', ...all], { timeout: 60_000 });
    await over;
    const volatile = ['nm.pid', 'bus.pid', 'far.pid', 'bus', 'run', 'data/run'];
    for (const name of volatile) rmSync(join(this.folder, name), { recursive: true, force: true });
  }

  async end(): Promise<void> {
    await this.killController();
    this.#killDhcp();
    const ended = new Promise((resolve) => this.#world.once('exit', resolve));
    this.#world.kill('SIGTERM');
    await ended;
    // NetworkManager ends a moment later, and may still be writing.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** DHCP servers outlive their controller. */
  #killDhcp(): void {
    for (const file of globSync(join(this.folder, 'data/run/dhcp/*/pid'))) {
      const pid = Number(readFileSync(file, 'utf8'));
      if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGKILL');
    }
  }
}

/** The mount namespace of a process; undefined when it has ended. */
function mountsOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}

export { make, mustMake, type Outcome, onceConfirming, plan, readState } from './network-make.ts';
