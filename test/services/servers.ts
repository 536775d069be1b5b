import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Secret } from '../../src/api/secret-text.ts';
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

/** A port that nobody uses now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** A folder that the servers' own users may pass through. */
export function openFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
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

  static async create(): Promise<MariadbServer> {
    const server = new MariadbServer(openFolder('mariadb-'), await freePort());
    ownedFolder(join(server.folder, 'data'), 'mysql');
    ownedFolder(join(server.folder, 'run'), 'mysql');
    const options = ['--auth-root-authentication-method=socket', '--skip-test-db'];
    execFileSync(
      'mariadb-install-db',
      ['--no-defaults', '--user=mysql', `--datadir=${server.folder}/data`, ...options],
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
        ...[`--pid-file=${folder}/run/my.pid`, '--bind-address=127.0.0.1', `--port=${port}`],
        ...['--innodb-buffer-pool-size=64M', '--performance-schema=OFF', ...options],
      ],
      { stdio: ['ignore', log, log] },
    );
    const root = await until(() => this.root());
    root.close();
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
