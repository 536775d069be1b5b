import type { Socket } from 'node:net';
import type { Kysely } from 'kysely';
import { Fault } from '../../api/fault.ts';
import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';
import type { Bus } from '../bus/bus.ts';
import type { Vault } from '../secrets/vault.ts';
import { Delivery } from './delivery.ts';
import { HostLink } from './host-link.ts';
import { failOrders, hostsWithOrders } from './order-row.ts';
import { QUEUED, SETTLED } from './orders.ts';
import type { Members } from './parties.ts';
import { forgetReports, hostsWithReports, type Reports } from './reports.ts';

interface Parts {
  readonly database: Kysely<object>;
  readonly bus: Bus;
  readonly members: Members;
  readonly reports: Reports;
  readonly vault: Vault;
  readonly version: string;
  /** Milliseconds between two signs of life. */
  beat(): Promise<number>;
  /** Where hosts reach this management node. */
  addresses(): readonly string[];
  /** Milliseconds that hosts have to come back after a start. */
  readonly grace: number;
  /** How many orders a host carries out at once. */
  atOnce(): Promise<number>;
  /** A host has its link, and has given a sign of life over it. */
  came(host: string): void;
  readonly log: (line: string) => void;
}

interface Linked {
  readonly link: HostLink;
  readonly delivery: Delivery;
}

/** News of orders that were lost are made up for by a look at all of them. */
const LOOK_MILLISECONDS = 5_000;
/** So many signs of life that did not come make a host that has no link a lost one. */
const BEATS_MISSED = 3;
const SILENT = say('no sign of life, and no link', '没有存活信号，也没有连接');

/** The links that this service has, each to one host, and what comes over them. */
export class Links {
  readonly #parts: Parts;
  readonly #linked = new Map<string, Linked>();
  /** The socket that each host came with last. */
  readonly #newest = new Map<string, Socket>();
  /** What is being written of hosts that were lost. */
  readonly #losing = new Map<string, Promise<void>>();
  #looking: NodeJS.Timeout | undefined;
  #started = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    this.#started = performance.now();
    await this.#parts.bus.subscribe(QUEUED, (host) => this.#look(String(host)));
    this.#looking = setInterval(() => void this.#lookAtAll(), LOOK_MILLISECONDS);
    this.#looking.unref();
  }

  async #lookAtAll(): Promise<void> {
    try {
      await this.#dismissGone();
      await this.#loseSilent();
    } catch (thrown) {
      this.#parts.log(`links: ${Fault.from(thrown).words.en}`);
    }
    for (const host of this.#linked.keys()) this.#look(host);
  }

  /** Hosts that were deleted forget their cluster, and their links end. */
  async #dismissGone(): Promise<void> {
    const { members, database } = this.#parts;
    for (const host of await members.gone([...this.#linked.keys()])) {
      const link = this.find(host);
      await link?.dismiss().catch(() => undefined);
      link?.close();
    }
    for (const host of await members.gone(await hostsWithOrders(database)))
      await failOrders(database, host, noHost().toRecord());
    for (const host of await members.gone(await hostsWithReports(database)))
      await forgetReports(database, host);
  }

  /** Also those whose end could not be written when it came: the store was away, or this service. */
  async #loseSilent(): Promise<void> {
    const { members, beat, grace } = this.#parts;
    if (performance.now() - this.#started < grace) return;
    const silent = await members.silentSince(Date.now() - BEATS_MISSED * (await beat()));
    for (const host of silent) if (!this.#linked.has(host)) await this.#lose(host, SILENT);
  }

  stop(): void {
    clearInterval(this.#looking);
    for (const [host, socket] of this.#newest) {
      const link = this.find(host);
      // One that is only about to open would live on.
      if (link === undefined) socket.destroy();
      else link.close();
    }
  }

  /** Tells all hosts where this management node is reached, where they do not know it; answers how many there are. */
  async tellAddresses(): Promise<number> {
    const links = [...this.#linked.values()].map(({ link }) => link);
    await Promise.all(links.map((link) => link.tellAddresses()));
    return links.length;
  }

  find(host: string): HostLink | undefined {
    return this.#linked.get(host)?.link;
  }

  /** Hosts with a link to this service whose nodes have that role. */
  withRole(role: Role): string[] {
    return [...this.#linked].filter(([, { link }]) => link.role === role).map(([host]) => host);
  }

  /** A host has connected: the link that it had before, if any, is of yesterday. */
  async add(host: string, socket: Socket): Promise<void> {
    this.#newest.set(host, socket);
    const before = this.#linked.get(host);
    this.#linked.delete(host);
    before?.link.close();
    const why = await this.#served(host, socket);
    // A newer one may have come meanwhile: the host is there.
    if (this.#newest.get(host) !== socket) return;
    this.#newest.delete(host);
    this.#linked.delete(host);
    await this.#lose(host, why).catch((thrown) =>
      this.#parts.log(`end of host ${host}: ${Fault.from(thrown).words.en}`),
    );
  }

  /** Answers why the link of that socket has ended. */
  async #served(host: string, socket: Socket): Promise<Words> {
    try {
      await this.#losing.get(host)?.catch(() => undefined);
      const link = await HostLink.open({ ...this.#parts, host, socket });
      const delivery = await this.#delivery(link);
      if (this.#newest.get(host) !== socket) link.close();
      else {
        this.#linked.set(host, { link, delivery });
        this.#look(host);
        this.#parts.came(host);
      }
      return await link.toItsEnd();
    } catch (thrown) {
      socket.destroy();
      const why = Fault.from(thrown).words;
      this.#parts.log(`link of host ${host}: ${why.en}`);
      return why;
    }
  }

  /** A host that comes back meanwhile waits for it: else it would be written as lost after it has come. */
  async #lose(host: string, why: Words): Promise<void> {
    const losing = this.#parts.members.lost(host, why);
    this.#losing.set(host, losing);
    try {
      await losing;
    } finally {
      if (this.#losing.get(host) === losing) this.#losing.delete(host);
    }
  }

  async #delivery(link: HostLink): Promise<Delivery> {
    const { database, bus, log, atOnce, vault } = this.#parts;
    const settled = (id: string) => bus.publish(SETTLED, id);
    return new Delivery({
      database,
      host: link.host,
      line: link,
      vault,
      atOnce: await atOnce(),
      settled,
      log,
    });
  }

  #look(host: string): void {
    const linked = this.#linked.get(host);
    linked?.delivery.look().catch((thrown) => this.#parts.log(`orders of host ${host}: ${String(thrown)}`));
  }
}

const noHost = (): Fault => new Fault('notFound', say('the host was deleted', '主机已删除'));
