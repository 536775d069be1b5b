import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { build } from 'esbuild';
import { WebSocket } from 'ws';
import { PAGE } from '../../../scripts/bundling.mts';
import { pageFiles } from '../../../src/management/console-proxy/files.ts';
import { ConsoleProxy } from '../../../src/management/console-proxy/proxy.ts';
import { Tickets } from '../../../src/management/console-proxy/tickets.ts';
import type { Grant } from '../../../src/management/resource/console/grants.ts';
import { freePort } from '../servers.ts';

export const GRANT: Grant = {
  vm: 'a'.repeat(32),
  name: 'web & <db>',
  host: 'b'.repeat(32),
  session: 'c'.repeat(32),
};

/** A console proxy that finds every screen on a unix socket of this machine. */
export class ProxyWorld {
  readonly tickets = new Tickets();
  readonly logged: string[] = [];
  /** Where the screen is, or what else happens when it is asked for. */
  screen: string | (() => Promise<Duplex>) = '';
  /** Whether sessions and VMs are as they were. */
  holds = true;
  port = 0;
  #proxy: ConsoleProxy | undefined;

  static async start(): Promise<ProxyWorld> {
    const world = new ProxyWorld();
    const folder = mkdtempSync(join(tmpdir(), 'vm-console-'));
    await build({ ...PAGE, outdir: folder });
    const files = await pageFiles(join(folder, 'vm-console.js'));
    rmSync(folder, { recursive: true });
    world.#proxy = new ConsoleProxy({
      tickets: world.tickets,
      files,
      holds: async () => world.holds,
      open: () => world.#open(),
      log: (line) => world.logged.push(line),
    });
    world.port = await freePort();
    await world.#proxy.listen('127.0.0.1', world.port);
    return world;
  }

  token(): string {
    const token = this.tickets.issue(GRANT);
    if (token === undefined) throw new Error('no token');
    return token;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A websocket client that is no browser. */
  client(path: string, headers: Record<string, string> = {}): WebSocket {
    return new WebSocket(`ws://127.0.0.1:${this.port}${path}`, ['binary'], { headers });
  }

  async end(): Promise<void> {
    await this.#proxy?.close();
  }

  async #open(): Promise<Duplex> {
    return typeof this.screen === 'string' ? connect(this.screen) : this.screen();
  }
}

/** How a client's connection went: its first bytes, `refused` with a status, or closed with a code and reason. */
export const outcome = (client: WebSocket): Promise<string> =>
  new Promise((done) => {
    client.on('error', () => undefined);
    client.once('message', (bytes) => done(String(bytes)));
    client.once('unexpected-response', (_, response) => done(`refused ${response.statusCode}`));
    client.once('close', (code, reason) => done(`closed ${code} ${reason}`.trim()));
  });
