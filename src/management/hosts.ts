import type { Duplex } from 'node:stream';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { Action } from '../api/action.ts';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import type { Vm } from '../node/facts/schema.ts';
import { openScreen } from '../node/vm-screen/schema.ts';
import type { Log } from '../system/log.ts';
import type { Bus } from './bus/bus.ts';
import type { LeaveErrand } from './jobs/order.ts';
import { whole } from './jobs/transaction.ts';
import { Addresses, EVERYWHERE } from './link/addresses.ts';
import type { Authority } from './link/authority.ts';
import { readBody } from './link/body.ts';
import { enrol } from './link/enrol.ts';
import { imageRoute } from './link/images.ts';
import { Links } from './link/links.ts';
import { clearOrders, order } from './link/order-row.ts';
import { OrderBook } from './link/orders.ts';
import { forgetMark, hostItem, hostMark, itemsOf, type Reported, Reports } from './link/reports.ts';
import { answer, LinkServer, type Route } from './link/server.ts';
import { Streams } from './link/streams.ts';
import { clearTokens, joinToken } from './link/tokens.ts';
import { ownHostRoutes } from './own-host.ts';
import { OwnPackages } from './packages/find.ts';
import { packageRoutes } from './packages/routes.ts';
import { numberOf } from './resource/global-config/run.ts';
import { admitHost, HostMembers } from './resource/host/members.ts';
import type { HostLinks } from './resource/host/run.ts';
import { servedPath } from './resource/image/served.ts';
import { followReport, followVms, loseVms, STALE_MILLISECONDS } from './resource/vm/follow.ts';
import { SecondLook } from './second-look.ts';
import type { Vault } from './secrets/vault.ts';

/** Tables of the link, beside those of the resources. */
export const LINK_TABLES = [order, joinToken, hostItem, hostMark];

const ORDERS_KEPT_MILLISECONDS = 24 * 3_600_000;
/** What hosts that were connected not long before the start have to come back, until jobs go on without them. */
const AWAITED_MILLISECONDS = 30_000;
const NOT_LONG_MILLISECONDS = 5 * 60_000;
/** Nodes try again at least every half minute. */
const GRACE_MILLISECONDS = 90_000;

interface Parts {
  readonly database: Kysely<object>;
  readonly bus: Bus;
  readonly authority: Authority;
  readonly vault: Vault;
  readonly version: string;
  /** Folders in which packages of ours may lie; absent: those of an installed node. */
  readonly packages?: readonly string[];
  readonly log: Log;
  /** Removes a host that leaves, with all that goes with it. */
  remove(host: string): Promise<void>;
}

/** All that has to do with hosts: their authority, their links, orders to them and reports from them. */
export class Hosts implements HostLinks {
  readonly members: HostMembers;
  readonly orders: OrderBook;
  readonly authority: Authority;
  readonly #parts: Parts;
  readonly #links: Links;
  readonly #streams = new Streams();
  readonly #secondLook: SecondLook;
  readonly #server: LinkServer;
  #started = performance.now();
  readonly #addresses = new Addresses();

  constructor(parts: Parts) {
    const { database, bus, log, version, authority, vault } = parts;
    this.#parts = parts;
    this.authority = authority;
    this.members = new HostMembers(database, lose);
    const { members } = this;
    this.orders = new OrderBook({ database, bus, isConnected: (host) => members.isConnected(host) });
    const look = (host: string) => this.#lookAgain(host);
    this.#secondLook = new SecondLook({ look, milliseconds: STALE_MILLISECONDS, log });
    const follow = async (within: Kysely<object>, reported: Reported) => {
      if (await followReport(within, reported)) this.#secondLook.ask(reported.host);
    };
    const reports = new Reports({ database, follow, log });
    const seconds = (category: string, name: string) => numberOf(database, category, name);
    this.#links = new Links({
      addresses: () => this.#addresses.now(),
      came: (host) => this.#secondLook.ask(host),
      ...{ database, bus, log, version, members, reports, vault },
      ...{ beat: async () => (await seconds('host', 'ping.interval')) * 1000, grace: GRACE_MILLISECONDS },
      atOnce: () => seconds('kvm', 'host.syncLevel'),
    });
    const linked = (host: string, socket: Parameters<Links['add']>[1]) => void this.#links.add(host, socket);
    const awaited = (host: string, word: string) => this.#streams.take(host, word);
    this.#server = new LinkServer({ authority, members, linked, awaited, log, routes: this.#routes() });
  }

  /** Port that hosts connect to. */
  get port(): number {
    return this.#server.port;
  }

  /** Without a port no host can come. Throws `conflict` that names who holds it. */
  async start(host: string, port: number | undefined): Promise<void> {
    this.#started = performance.now();
    this.#addresses.isOpen = host === EVERYWHERE;
    await this.members.allConnecting();
    await this.orders.start();
    await this.#links.start();
    if (port !== undefined) await this.#server.listen(host, port);
  }

  async stop(): Promise<void> {
    this.#secondLook.stop();
    this.#links.stop();
    await this.#server.close();
  }

  /** All linked hosts are told where this machine may be soon; answers how many. */
  announce(addresses: readonly string[]): Promise<number> {
    this.#addresses.announce(addresses);
    return this.#links.tellAddresses();
  }

  /** Whether the hosts are there that jobs of before the start count on: no job fails since they are just coming. */
  async areBack(): Promise<boolean> {
    const running = performance.now() - this.#started;
    if (running > AWAITED_MILLISECONDS) return true;
    return !(await this.members.areAwaited(Date.now() - running - NOT_LONG_MILLISECONDS));
  }

  async clear(): Promise<void> {
    const { database } = this.#parts;
    await clearOrders(database, Date.now() - ORDERS_KEPT_MILLISECONDS);
    await clearTokens(database);
  }

  async cut(host: string): Promise<void> {
    this.#links.find(host)?.close();
  }

  readonly leave: LeaveErrand = (database, errand) => this.orders.leave(database, errand);

  async running(database: Kysely<object>, host: string): Promise<number> {
    const vms = [...(await vmsOf(database, host)).values()];
    return vms.filter(({ state }) => state !== 'stopped' && state !== 'crashed').length;
  }

  /** Hosts that are management nodes, and have a link to this service. */
  managers(): string[] {
    return this.#links.withRole('management');
  }

  /** What is no order, and is asked of a host that has a link to this service. Throws the host's fault; `unavailable`. */
  async ask<I extends z.ZodType, O, T>(host: string, action: Action<I, O, T>, input: z.input<I>): Promise<O> {
    const link = this.#links.find(host);
    if (link === undefined) throw noLink(host);
    return link.ask(action, input);
  }

  /** Whether this service has its link. */
  isLinked(host: string): boolean {
    return this.#links.find(host) !== undefined;
  }

  /**
   * A line to the screen of a VM, by its host. Throws the host's fault; `unavailable` where it has no link to this
   * service; the signal's reason.
   */
  async openScreen(host: string, vm: string, signal: AbortSignal): Promise<Duplex> {
    const link = this.#links.find(host);
    if (link === undefined) throw noLink(host);
    return this.#streams.open(host, (stream) => link.ask(openScreen, { vm, stream }), signal);
  }

  /** What a host that is linked reported last of all its VMs is followed once more. */
  async #lookAgain(host: string): Promise<boolean> {
    if (!this.isLinked(host)) return false;
    const follow = async (within: Kysely<object>) =>
      followVms(within, { host, vms: await vmsOf(within, host), whole: true }, Date.now());
    return whole(this.#parts.database, follow);
  }

  #routes(): Route[] {
    const { database } = this.#parts;
    const { authority, members } = this;
    return [
      imageRoute((uuid) => servedPath(database, uuid)),
      ...packageRoutes({
        database,
        version: this.#parts.version,
        packages: new OwnPackages(this.#parts.packages),
      }),
      ...ownHostRoutes({ database, running: (...of) => this.running(...of) }),
      {
        ...{ method: 'POST', path: /^\/join$/, open: true },
        handle: async ({ request, response, address }) => {
          const parts = { database, authority, members, admit: admitHost };
          answer(response, 200, await enrol(parts, await readBody(request), address));
        },
      },
      {
        ...{ method: 'POST', path: /^\/leave$/ },
        handle: async ({ response, host = '' }) => {
          await this.#parts.remove(host);
          answer(response, 200, {});
          this.#links.find(host)?.close();
        },
      },
    ];
  }
}

/** Nothing is known of it: when it is back it tells all that it has. */
async function lose(database: Kysely<object>, host: string): Promise<void> {
  await loseVms(database, host);
  await forgetMark(database, host);
}

const vmsOf = async (database: Kysely<object>, host: string): Promise<Map<string, Vm>> =>
  (await itemsOf(database, host, 'vm')) as Map<string, Vm>;

const noLink = (host: string): Fault =>
  new Fault(
    'unavailable',
    say(`host ${host} has no link to this management node`, `主机 ${host} 没有到本管理节点的连接`),
  );
