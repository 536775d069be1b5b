import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Kysely } from 'kysely';
import { Fault } from '../api/fault.ts';
import { brokerLogin, databaseLogin, KEYS } from '../node/zstack/settings.ts';
import type { Log } from '../system/log.ts';
import { portTaken } from '../system/port-holder.ts';
import type { Properties } from '../system/properties.ts';
import { type Bus, openBus } from './bus/bus.ts';
import { closeOf } from './calls/audited.ts';
import { Calls } from './calls/calls.ts';
import { newUuid } from './calls/doing.ts';
import { ConsoleService } from './console-proxy/service.ts';
import { consoleSettings } from './console-proxy/settings.ts';
import type { TablesOf } from './define/table.ts';
import { Expunger } from './expunger.ts';
import { type Health, healthOf } from './health.ts';
import { Hosts, LINK_TABLES } from './hosts.ts';
import { imageFiles } from './images/files.ts';
import type { ImageFolders } from './images/places.ts';
import { Jobs } from './jobs/jobs.ts';
import { EVERYWHERE, likelyAddress } from './link/addresses.ts';
import { Authority } from './link/authority.ts';
import { serveLocally } from './link/local.ts';
import { localAnswers } from './local.ts';
import { ensureAdmin } from './resource/account/run.ts';
import { clearSessions, findSession } from './resource/account/sessions.ts';
import { catalogueOf, flowsOf, TABLES } from './resource/catalogue.ts';
import { clearAgents } from './resource/console/agents.ts';
import { ensureSettings } from './resource/global-config/run.ts';
import { removeHost } from './resource/host/leave.ts';
import type { managementNode } from './resource/management-node/resource.ts';
import { ensureProviders } from './resource/network-service/run.ts';
import { Vault } from './secrets/vault.ts';
import { openStore, type Store } from './store/store.ts';
import { ensureTables } from './store/tables.ts';
import { isLoop } from './wire/envelope.ts';
import { httpServer, serveApi } from './wire/http.ts';
import { WebHooks } from './wire/web-hooks.ts';

export interface ServiceOptions {
  properties: Properties;
  /** Folder of the embedded store. */
  state: string;
  /** For tests: folders in which packages of ours may lie. */
  packages?: readonly string[];
  /** Where image servers may be, and where images may be taken from. */
  images: ImageFolders;
  version: string;
  host: string;
  port: number;
  /** Port for hosts; 0: any. Absent: none can join. */
  linkPort?: number;
  /** Path of the socket for this machine's own controller; absent: none. */
  socket?: string;
  /** Path of the program of the page that shows a VM's screen; absent: no console proxy is opened. */
  consolePage?: string;
  log: Log;
}

const HEARTBEAT_MILLISECONDS = 5_000;
/** Three heartbeats. */
const DEAD_AFTER_MILLISECONDS = 15_000;
const CLEARING_MILLISECONDS = 3_600_000;
/** What a store that is away may hold up the end. */
const FAREWELL_MILLISECONDS = 3_000;

interface StandsOn {
  readonly store: Store;
  readonly bus: Bus;
  readonly authority: Authority;
  readonly vault: Vault;
}

/** The management service: its store, its bus and its HTTP port. What the cluster does is put on top of it. */
export class ManagementService {
  readonly #options: ServiceOptions;
  readonly #store: Store;
  readonly #bus: Bus;
  /** 32 hex digits, as all uuids of the cloud. */
  readonly #uuid = newUuid();
  readonly #calls: Calls;
  readonly #jobs: Jobs;
  readonly #hosts: Hosts;
  readonly #hooks: WebHooks;
  readonly #expunger: Expunger;
  readonly #consoles: ConsoleService;
  readonly #http: FastifyInstance;
  #endLocal: (() => void) | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #clearing: NodeJS.Timeout | undefined;

  private constructor(options: ServiceOptions, { store, bus, authority, vault }: StandsOn) {
    this.#options = options;
    this.#store = store;
    this.#bus = bus;
    const { version, log } = options;
    const database = store.tables;
    const remove = (host: string) => removeHost(database, catalogue, host);
    const packages = options.packages === undefined ? {} : { packages: options.packages };
    this.#hosts = new Hosts({ database, bus, authority, vault, version, log, remove, ...packages });
    this.#consoles = new ConsoleService({
      ...{ database, uuid: this.#uuid, host: options.host, page: options.consolePage, log },
      managementIp: this.#address,
      ...consoleSettings(options.properties, log),
      isLinked: (host) => this.#hosts.isLinked(host),
      open: ({ host, vm }, signal) => this.#hosts.openScreen(host, vm, signal),
    });
    const catalogue = catalogueOf({
      node: { uuid: this.#uuid, version },
      files: imageFiles(options.images),
      links: this.#hosts,
      consoles: this.#consoles,
      vault,
    });
    this.#jobs = new Jobs({
      database: store.tables,
      owner: this.#uuid,
      flows: flowsOf(catalogue),
      orders: this.#hosts.orders,
      close: closeOf(catalogue.auditing),
      log: options.log,
    });
    this.#calls = new Calls(store.tables, catalogue, findSession, this.#jobs);
    this.#hooks = new WebHooks(this.#calls, options.log);
    this.#expunger = new Expunger(store.tables, this.#calls, options.log);
    this.#http = httpServer();
    this.#http.get('/health', async ({ socket }, reply) => {
      const health = await this.health();
      const told = isLoop(socket.remoteAddress ?? '') ? health : { ready: health.ready };
      return reply.code(health.ready ? 200 : 503).send(told);
    });
  }

  /** The hosts of this cluster. */
  get hosts(): Hosts {
    return this.#hosts;
  }

  /** Settles when it is ready. Faults name the part that does not come up and what to do. */
  static async start(options: ServiceOptions): Promise<ManagementService> {
    const store = await openStore(options.state, databaseLogin(options.properties));
    try {
      const bus = await openBus(brokerLogin(options.properties));
      const keys = join(options.state, 'authority');
      const authority = await Authority.open(keys);
      const vault = await Vault.open(keys);
      const service = new ManagementService(options, { store, bus, authority, vault });
      await ensureTables(store.tables, store.kind, [...TABLES, ...LINK_TABLES]);
      await ensureAdmin(store.tables);
      await ensureSettings(store.tables);
      await ensureProviders(store.tables);
      await service.#enter();
      await serveApi(service.#http, service.#calls, options.log);
      await service.#listen();
      await service.#hosts.start(options.host, options.linkPort);
      await service.#serveLocally();
      await service.#consoles.start();
      await service.#beat();
      return service;
    } catch (thrown) {
      await store.close();
      throw thrown;
    }
  }

  health(): Promise<Health> {
    return healthOf(this.#store, this.#bus, this.#options.version);
  }

  /** Ends in bounded time, whatever store and broker do: others see by the heartbeat that this one is gone. */
  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    clearInterval(this.#clearing);
    this.#endLocal?.();
    await this.#http.close();
    await this.#farewell('links', () => this.#hosts.stop());
    await this.#farewell('console proxy', () => this.#consoles.stop());
    await this.#farewell('jobs', () => this.#jobs.stop());
    await this.#farewell('web hooks', () => this.#hooks.stop());
    await this.#farewell('bus', () => this.#bus.close());
    await this.#farewell('store', () => this.#leave());
    await this.#farewell('store', () => this.#store.close());
  }

  async #serveLocally(): Promise<void> {
    const { socket, version, log } = this.#options;
    if (socket === undefined) return;
    const { tables: database, kind } = this.#store;
    const known = localAnswers({ database, hosts: this.#hosts, isEmbedded: kind === 'embedded' });
    this.#endLocal = await serveLocally(socket, version, known, log);
  }

  async #leave(): Promise<void> {
    await this.#nodes.deleteFrom('management_node').where('uuid', '=', this.#uuid).execute();
  }

  async #farewell(part: string, work: () => Promise<unknown>): Promise<void> {
    const stop = new AbortController();
    const late = sleep(FAREWELL_MILLISECONDS, undefined, { signal: stop.signal }).then(() => {
      throw new Error('no answer');
    });
    await Promise.race([work(), late]).catch((thrown) =>
      this.#options.log(`${part} at the end: ${Fault.from(thrown).words.en}`),
    );
    stop.abort();
    await late.catch(() => undefined);
  }

  /** Where people reach it. */
  get #address(): string {
    const { properties, host } = this.#options;
    return properties.get(KEYS.managementAddress) ?? (host === EVERYWHERE ? likelyAddress() : host);
  }

  get #nodes(): Kysely<TablesOf<typeof managementNode>> {
    return this.#store.tables.withTables<TablesOf<typeof managementNode>>();
  }

  /** Its row in the store, kept fresh: how management nodes see one another. */
  async #enter(): Promise<void> {
    const now = Date.now();
    await this.#nodes
      .insertInto('management_node')
      .values({ uuid: this.#uuid, hostName: this.#address, joinDate: now, heartBeat: now })
      .execute();
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MILLISECONDS);
    this.#clearing = setInterval(() => void this.#clear(), CLEARING_MILLISECONDS);
  }

  #beat(): Promise<void> {
    return this.#tried('heartbeat', async () => {
      const query = this.#nodes.updateTable('management_node').set({ heartBeat: Date.now() });
      await query.where('uuid', '=', this.#uuid).execute();
      const living = await this.#living();
      if (await this.#hosts.areBack()) await this.#jobs.resume(living);
      await this.#hooks.resume(living);
      await this.#expunger.look();
    });
  }

  /** Services whose heartbeat is fresh; an embedded store has but one. */
  async #living(): Promise<string[]> {
    if (this.#store.kind === 'embedded') return [this.#uuid];
    const since = Date.now() - DEAD_AFTER_MILLISECONDS;
    const query = this.#nodes.selectFrom('management_node').select('uuid').where('heartBeat', '>=', since);
    return (await query.execute()).map(({ uuid }) => uuid);
  }

  /** Rows of nodes that were killed, sessions and results whose time is over. */
  #clear(): Promise<void> {
    const silentSince = Date.now() - CLEARING_MILLISECONDS;
    return this.#tried('clearing', async () => {
      await clearSessions(this.#store.tables);
      await this.#jobs.clear();
      await this.#hosts.clear();
      await clearAgents(this.#store.tables);
      await this.#nodes.deleteFrom('management_node').where('heartBeat', '<', silentSince).execute();
    });
  }

  async #tried(what: string, work: () => Promise<unknown>): Promise<void> {
    await work().catch((error) => this.#options.log(`${what}: ${Fault.from(error).words.en}`));
  }

  async #listen(): Promise<void> {
    const { host, port } = this.#options;
    await this.#http.listen({ host, port }).catch(async (error: NodeJS.ErrnoException) => {
      clearInterval(this.#heartbeat);
      clearInterval(this.#clearing);
      throw error.code === 'EADDRINUSE' ? await portTaken(port) : error;
    });
  }
}
