import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, connect } from '../../../src/api/client.ts';
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
  service: ManagementService | undefined;
  #local: Connection | undefined;

  static async start(): Promise<LinkWorld> {
    const world = new LinkWorld();
    await world.up();
    // With it come a zone and a cluster.
    await (await world.local()).call(admitHere, {});
    return world;
  }

  async up(): Promise<void> {
    if (this.linkPort === 0) this.linkPort = await freePort();
    this.service = await ManagementService.start({
      properties: Properties.parse(''),
      ...{ state: join(this.folder, 'state'), version: '2.2.0', host: '127.0.0.1', port: await freePort() },
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
  async hostIs(uuid: string, status: HostSummary['status'], seconds = 20): Promise<HostSummary> {
    return until(async () => {
      const host = await this.host(uuid);
      return host?.status === status ? host : undefined;
    }, seconds);
  }

  get #socket(): string {
    return join(this.folder, 'management.sock');
  }
}
