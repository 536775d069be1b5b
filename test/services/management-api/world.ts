import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { Secret } from '../../../src/api/secret-text.ts';
import { sentFor } from '../../../src/management/resource/account/password.ts';
import { ManagementService } from '../../../src/management/service.ts';
import type { Login } from '../../../src/node/zstack/settings.ts';
import { Properties } from '../../../src/system/properties.ts';
import { freePort, MariadbServer } from '../servers.ts';

export const ENGINES = ['embedded', 'MariaDB'] as const;
export type Engine = (typeof ENGINES)[number];

const WORD = 'store word';
export const HEADER = 'org.zstack.header';

/** What a call by the older wire was answered, without its envelope. */
export interface Told {
  success: boolean;
  error?: { code: string; details: string };
  inventory?: Record<string, unknown>;
  inventories?: Record<string, unknown>[];
  total?: number;
  [field: string]: unknown;
}

export interface RestAnswer {
  status: number;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says.
  json: any;
}

/** A management service on a store of its own, and clients of both wires. */
export class ApiWorld {
  session: string | undefined;
  readonly logged: string[] = [];
  port = 0;
  /** Further lines of zstack.properties, and the page of consoles, for the next start. */
  settings = '';
  consolePage: string | undefined;
  readonly folder = mkdtempSync(join(tmpdir(), 'api-'));
  #server: MariadbServer | undefined;
  #service: ManagementService | undefined;

  static async start(engine: Engine): Promise<ApiWorld> {
    const world = new ApiWorld();
    if (engine === 'MariaDB') await world.#database();
    await world.restart();
    return world;
  }

  get database(): MariadbServer {
    if (this.#server === undefined) throw new Error('no server');
    return this.#server;
  }

  /** Folder of the embedded store. */
  get state(): string {
    return join(this.folder, 'state');
  }

  /** How the store is reached; undefined where it is embedded. */
  get login(): Login | undefined {
    if (this.#server === undefined) return undefined;
    return { host: '127.0.0.1', port: this.#server.port, user: 'zstack', password: new Secret(WORD) };
  }

  async restart(): Promise<void> {
    await this.#service?.stop();
    this.port = await freePort();
    this.#service = await ManagementService.start({
      properties: Properties.parse(
        this.#server === undefined
          ? this.settings
          : `${this.settings}DB.url = jdbc:mysql://127.0.0.1:${this.#server.port}\nDB.user = zstack\nDB.password = ${WORD}\n`,
      ),
      ...(this.consolePage === undefined ? {} : { consolePage: this.consolePage }),
      images: { servers: join(this.folder, 'images'), imports: join(this.folder, 'import') },
      ...{ state: this.state, version: '2.2.0', host: '0.0.0.0', port: this.port },
      log: (line) => this.logged.push(line),
    });
  }

  async end(): Promise<void> {
    await this.#service?.stop();
    await this.#server?.remove();
    rmSync(this.folder, { recursive: true });
  }

  url(path: string, host = '127.0.0.1'): string {
    return `http://${host}:${this.port}/zstack${path}`;
  }

  /** The body of one message by the older wire, as it came. */
  async raw(body: string, path = '/api/'): Promise<RestAnswer> {
    return answered(await fetch(this.url(path), { method: 'POST', body }));
  }

  /** One message by the older wire, polled until it is done. */
  async rpc(message: string, fields: object = {}): Promise<Told> {
    const session = this.session === undefined ? {} : { uuid: this.session };
    const first = (await this.raw(JSON.stringify({ [message]: { session, ...fields } }))).json;
    const last = first.state === 'Done' ? first : await this.#polled(first.uuid);
    const [told] = Object.values(JSON.parse(last.result));
    return told as Told;
  }

  async #polled(job: string) {
    for (;;) {
      const { json } = await answered(await fetch(this.url(`/api/result/${job}`)));
      expect(json).toMatchObject({ uuid: job });
      if (json.state === 'Done') return json;
      await sleep(20);
    }
  }

  async rest(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const authorization = this.session === undefined ? {} : { authorization: `OAuth ${this.session}` };
    const text = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const request = { method, headers: { ...authorization, ...headers }, ...text };
    return answered(await fetch(path.startsWith('http') ? path : this.url(`/v1${path}`), request));
  }

  /** A change by REST, polled until it is done. */
  async change(method: string, path: string, body?: unknown): Promise<RestAnswer> {
    const first = await this.rest(method, path, body);
    return first.status === 202 ? this.ended(first.json.location) : first;
  }

  /** What came of a job, by its address. */
  async ended(location: string): Promise<RestAnswer> {
    for (;;) {
      const answer = await this.rest('GET', location);
      if (answer.status !== 202) return answer;
      await sleep(20);
    }
  }

  async logIn(password = 'password', accountName = 'admin'): Promise<Told> {
    const fields = { accountName, password: sentFor(password) };
    const told = await this.rpc(`${HEADER}.identity.APILogInByAccountMsg`, fields);
    if (told.success) this.session = String(told.inventory?.uuid);
    return told;
  }

  async #database(): Promise<void> {
    const server = await MariadbServer.create();
    this.#server = server;
    using root = await server.root();
    await root.query('CREATE DATABASE zstack');
    for (const host of ['localhost', '127.0.0.1']) {
      await root.query('CREATE USER ?@? IDENTIFIED BY ?', ['zstack', host, WORD]);
      await root.query('GRANT ALL ON zstack.* TO ?@?', ['zstack', host]);
    }
  }
}

async function answered(response: Response): Promise<RestAnswer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, text, json: isJson ? JSON.parse(text) : undefined };
}
