import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Connection, connect } from '../../../src/api/client.ts';
import { type Places, placesOf } from '../../../src/api/places.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
export const NODE = join(ROOT, 'node_modules/.bin/node');
const MAINS = { controller: 'dist/controller.cjs', guard: 'dist/guard.cjs' };
export type Program = keyof typeof MAINS;
export const mainOf = (program: Program): string => join(ROOT, MAINS[program]);
const CACHE = { NODE_COMPILE_CACHE: join(ROOT, 'build/compile-cache') };

export const isRoot = process.getuid?.() === 0;

export interface DaemonOptions {
  args?: string[];
  env?: NodeJS.ProcessEnv;
  /** Put in front of the command: `unshare ...`, `setpriv ...`. */
  through?: string[];
  input?: string;
  /** The whole command, instead of the one made from all of the above. */
  command?: string[];
}

/** A controller or guard as it was built (`npm test` builds first), with all it says. */
export class Daemon {
  readonly process: ChildProcess;
  output = '';
  readonly #ended: Promise<number>;

  constructor(
    program: Program,
    dataDir: string,
    { args = [], env = {}, through = [], input, command }: DaemonOptions = {},
  ) {
    const own = [NODE, mainOf(program), '--data', dataDir, ...args];
    const [file = '', ...rest] = command ?? [...through, ...own];
    this.process = spawn(file, rest, { env: { PATH: process.env.PATH, ...CACHE, ...env }, stdio: 'pipe' });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.process.stdin?.end(input ?? '');
    this.#ended = once(this.process, 'close').then(([code, signal]) => (signal === null ? code : 128));
  }

  /** Its exit code, once it has ended by itself. */
  get ended(): Promise<number> {
    return this.#ended;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    this.process.kill(signal);
    return this.#ended;
  }
}

/** A development folder with the daemons that run on it; `end` ends them and removes it. */
export class World {
  readonly folder: string;
  readonly places: Places;
  readonly #daemons: Daemon[] = [];
  readonly #connections: Connection[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.places = placesOf(folder);
  }

  static async create(): Promise<World> {
    return new World(await mkdtemp(join(tmpdir(), 'zs-world-')));
  }

  run(program: Program, options?: DaemonOptions): Daemon {
    const daemon = new Daemon(program, this.folder, options);
    this.#daemons.push(daemon);
    return daemon;
  }

  /** Starts a daemon and waits until it answers. */
  async start(program: Program, options?: DaemonOptions): Promise<Daemon> {
    const daemon = this.run(program, options);
    (await this.connect(program, 'script', daemon)).close();
    return daemon;
  }

  /** Connects as soon as the daemon listens. */
  async connect(
    program: Program,
    as: 'console' | 'script' = 'console',
    daemon?: Daemon,
  ): Promise<Connection> {
    const path = program === 'controller' ? this.places.controllerSocket : this.places.guardSocket;
    for (const until = performance.now() + 60_000; ; ) {
      try {
        const connection = await connect(path, { program: as, line: '-', version: '0' });
        this.#connections.push(connection);
        return connection;
      } catch (error) {
        if (performance.now() > until || daemon?.process.exitCode != null) {
          throw new Error(`${program} does not answer: ${daemon?.output ?? ''}`, { cause: error });
        }
        await new Promise((retry) => setTimeout(retry, 20));
      }
    }
  }

  async end(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    for (const daemon of this.#daemons) {
      if (daemon.process.exitCode === null && daemon.process.signalCode === null)
        await daemon.stop('SIGKILL');
    }
    // What they had started may still be writing for a moment.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
