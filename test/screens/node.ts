import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect } from '../../src/api/client.ts';
import { placesOf } from '../../src/api/places.ts';
import type { Role } from '../../src/api/role.ts';
import { TestTerminal } from './terminal.ts';

const root = resolve(import.meta.dirname, '../..');
export const bundle = (name: string) => join(root, 'dist', `${name}.cjs`);

/**
 * Runs what follows in a mount namespace whose /etc is a copy, so that passwords of this machine stay as they are, and
 * whose /sys/block is another folder when one is given.
 */
const OWN_ETC = [
  'unshare',
  '--mount',
  '--uts',
  'sh',
  '-c',
  'mount --bind "$0" /etc && if [ -n "$SYS_BLOCK" ]; then mount --bind "$SYS_BLOCK" /sys/block; fi && exec "$@"',
] as const;

export interface NodeOptions {
  role?: Role;
  /** Of root, in the node's own /etc. */
  password?: string;
  /** Lines of node.ini. */
  settings?: string;
  /** A folder that the controller sees as /sys/block. */
  sysBlock?: string;
  /** A script that makes more of the machine the controller's own: gets the node's folder, then the program to run. */
  machine?: string;
}

/** Controller and guard as real processes, with a data folder and an /etc of their own. Needs root, as the product does. */
export class TestNode {
  readonly folder = mkdtempSync(join(tmpdir(), 'zs-node-'));
  readonly data = join(this.folder, 'data');
  readonly places = placesOf(this.data);
  readonly #role: Role;
  readonly #sysBlock: string;
  readonly #machine: string | undefined;
  readonly #programs = new Map<string, ChildProcess>();
  #terminals: TestTerminal[] = [];

  private constructor(role: Role, sysBlock: string, machine: string | undefined) {
    this.#role = role;
    this.#sysBlock = sysBlock;
    this.#machine = machine;
  }

  /** Starts both and waits until they answer. */
  static async start({
    role = 'management',
    password,
    settings,
    sysBlock = '',
    machine,
  }: NodeOptions = {}): Promise<TestNode> {
    const node = new TestNode(role, sysBlock, machine);
    cpSync('/etc', join(node.folder, 'etc'), {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
    });
    if (password !== undefined) node.setPassword(password);
    if (settings !== undefined) {
      execFileSync('mkdir', ['-p', node.places.config]);
      writeFileSync(join(node.places.config, 'node.ini'), settings);
    }
    await Promise.all([node.startController(), node.startGuard()]);
    return node;
  }

  /** Sets root's password in the node's own /etc, with the system's own tools. */
  setPassword(password: string): void {
    const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], {
      input: password,
      encoding: 'utf8',
    }).trim();
    this.setShadowField(hash);
  }

  /** Sets the password field of root as it stands in the shadow file. */
  setShadowField(field: string): void {
    writeFileSync(
      this.shadowPath,
      this.shadow.replace(/^root:[^:]*/m, () => `root:${field}`),
    );
  }

  get shadowPath(): string {
    return join(this.folder, 'etc', 'shadow');
  }

  get shadow(): string {
    return readFileSync(this.shadowPath, 'utf8');
  }

  startController(): Promise<void> {
    return this.#start('controller', ['--role', this.#role], this.places.controllerSocket);
  }

  startGuard(): Promise<void> {
    return this.#start('guard', [], this.places.guardSocket);
  }

  /** The process of a program, to stop or kill it. */
  program(name: 'controller' | 'guard'): ChildProcess {
    const child = this.#programs.get(name);
    if (child === undefined) throw new Error(`${name} was not started`);
    return child;
  }

  async kill(name: 'controller' | 'guard'): Promise<void> {
    const child = this.program(name);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Opens a console on a terminal of its own. */
  console(
    options: {
      columns?: number;
      rows?: number;
      term?: string;
      env?: NodeJS.ProcessEnv;
      args?: string[];
      /** Of the runtime. */
      flags?: readonly string[];
    } = {},
  ) {
    const { args = [], flags = [], ...rest } = options;
    const terminal = new TestTerminal({
      ...rest,
      argv: [process.execPath, ...flags, bundle('console'), '--data', this.data, ...args],
      env: { NODE_COMPILE_CACHE: join(root, 'build', 'compile-cache'), ...options.env },
    });
    this.#terminals.push(terminal);
    return terminal;
  }

  /** Ends every console that is open, and with it its session. */
  async endConsoles(): Promise<void> {
    await Promise.all(this.#terminals.map((terminal) => terminal.end()));
    this.#terminals = [];
  }

  async end(): Promise<void> {
    await this.endConsoles();
    await this.kill('guard');
    await this.kill('controller');
    // What they had started may still be writing for a moment.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  async #start(name: string, args: string[], socketPath: string): Promise<void> {
    const [program, ...before] = OWN_ETC;
    const machine = this.#machine === undefined || name !== 'controller' ? [] : [this.#machine, this.folder];
    const argv = [
      ...before,
      join(this.folder, 'etc'),
      ...machine,
      process.execPath,
      bundle(name),
      '--data',
      this.data,
      ...args,
    ];
    const env = { ...process.env, SYS_BLOCK: this.#sysBlock };
    this.#programs.set(name, spawn(program, argv, { stdio: 'ignore', env }));
    await answering(socketPath);
  }
}

/** Waits until something that speaks our protocol listens. */
async function answering(socketPath: string): Promise<void> {
  const until = performance.now() + 60_000;
  for (;;) {
    try {
      const connection = await connect(socketPath, { program: 'script', line: '-', version: 'test' });
      return connection.close();
    } catch (thrown) {
      if (performance.now() > until) throw thrown;
      await new Promise((again) => setTimeout(again, 50));
    }
  }
}
