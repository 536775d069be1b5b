import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, connect } from '../../../src/api/client.ts';
import { sentFor } from '../../../src/management/resource/account/password.ts';
import { ManagementService } from '../../../src/management/service.ts';
import {
  admitHere,
  type HostSummary,
  type IssuedToken,
  issueToken,
  listHosts,
} from '../../../src/node/cluster/schema/members.ts';
import { Properties } from '../../../src/system/properties.ts';
import { freePort, until } from '../servers.ts';

/** A management service with an embedded store that hosts can join. */
export class LinkWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'link-'));
  readonly logged: string[] = [];
  linkPort = 0;
  /** Lines of zstack.properties, and the page of consoles, for the next start. */
  settings = '';
  consolePage: string | undefined;
  /** Of the service, and where its packages lie. */
  version = '2.2.0';
  readonly packages = join(this.folder, 'packages');
  service: ManagementService | undefined;
  #local: Connection | undefined;
  #session: string | undefined;
  #port = 0;

  static async start(): Promise<LinkWorld> {
    const world = new LinkWorld();
    await world.up();
    // With it come a zone and a cluster.
    await (await world.local()).call(admitHere, {});
    return world;
  }

  async up(): Promise<void> {
    if (this.linkPort === 0) this.linkPort = await freePort();
    this.#port = await freePort();
    this.service = await ManagementService.start({
      properties: Properties.parse(this.settings),
      ...(this.consolePage === undefined ? {} : { consolePage: this.consolePage }),
      ...{ state: join(this.folder, 'state'), version: this.version, host: '127.0.0.1', port: this.#port },
      packages: [this.packages],
      images: { servers: join(this.folder, 'images'), imports: join(this.folder, 'import') },
      ...{ linkPort: this.linkPort, socket: this.#socket },
      log: (line) => this.logged.push(line),
    });
  }

  async down(): Promise<void> {
    this.#local?.close();
    this.#local = undefined;
    await this.service?.stop();
    this.service = undefined;
  }

  async end(): Promise<void> {
    await this.down();
    rmSync(this.folder, { recursive: true });
  }

  /** The machine's own way in. */
  async local(): Promise<Connection> {
    this.#local ??= await connect(this.#socket, { program: 'controller', line: '-', version: '2.2.0' });
    return this.#local;
  }

  async token(wanted: { uses?: number; minutes?: number } = {}): Promise<IssuedToken> {
    return (await this.local()).call(issueToken, wanted);
  }

  async host(uuid: string): Promise<HostSummary | undefined> {
    const { hosts } = await (await this.local()).call(listHosts, {});
    return hosts.find((each) => each.uuid === uuid);
  }

  /** Settles when the host is so. */
  async hostIs(uuid: string, status: HostSummary['status'], seconds = 60): Promise<HostSummary> {
    return until(async () => {
      const host = await this.host(uuid);
      return host?.status === status ? host : undefined;
    }, seconds);
  }

  /** A call of the API, until it is done. */
  async api(name: string, fields: object): Promise<void> {
    await this.message(`org.zstack.header.host.API${name}Msg`, fields);
  }

  /** The same, of any class; answers what it answers. */
  async message(message: string, fields: object): Promise<Record<string, unknown>> {
    this.#session ??= await this.#logIn();
    return this.#call(message, { session: { uuid: this.#session }, ...fields });
  }

  async #logIn(): Promise<string> {
    const fields = { accountName: 'admin', password: sentFor('password') };
    const { inventory } = await this.#call('org.zstack.header.identity.APILogInByAccountMsg', fields);
    return (inventory as { uuid: string }).uuid;
  }

  async #call(message: string, fields: object): Promise<Record<string, unknown>> {
    const url = `http://127.0.0.1:${this.#port}/zstack/api/`;
    const body = JSON.stringify({ [message]: fields });
    let answer = await polled(url, { method: 'POST', body });
    for (; answer.state !== 'Done'; await sleep(50)) answer = await polled(`${url}result/${answer.uuid}`);
    const [told] = Object.values(JSON.parse(answer.result)) as Record<string, unknown>[];
    if (told?.success !== true) throw new Error(JSON.stringify(told));
    return told;
  }

  get #socket(): string {
    return join(this.folder, 'management.sock');
  }
}

interface Polled {
  state: string;
  uuid: string;
  result: string;
}

const polled = async (url: string, request: RequestInit = {}): Promise<Polled> =>
  (await (await fetch(url, request)).json()) as Polled;
