import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { brokerLogin, databaseLogin, KEYS } from '../node/zstack/settings.ts';
import type { Log } from '../system/log.ts';
import type { Properties } from '../system/properties.ts';
import { type Bus, openBus } from './bus/bus.ts';
import { openStore, type Store } from './store/store.ts';

export interface ServiceOptions {
  properties: Properties;
  /** Folder of the embedded store. */
  state: string;
  version: string;
  host: string;
  port: number;
  log: Log;
}

/** One part of the service as it is now. */
interface PartHealth {
  kind: string;
  /** Why it does not answer; absent when it does. */
  why?: string;
}

/** What `GET /health` answers to this machine itself: `ready` with 200, otherwise 503. Others are told `ready` alone. */
export interface Health {
  ready: boolean;
  pid: number;
  version: string;
  store: PartHealth;
  bus: PartHealth;
}

const HEARTBEAT_MILLISECONDS = 5_000;
/** What a store that is away may hold up the end. */
const FAREWELL_MILLISECONDS = 3_000;

/** The management service: its store, its bus and its HTTP port. What the cluster does is put on top of it. */
export class ManagementService {
  readonly #options: ServiceOptions;
  readonly #store: Store;
  readonly #bus: Bus;
  /** 32 hex digits, as all uuids of the cloud. */
  readonly #uuid = randomBytes(16).toString('hex');
  readonly #http: FastifyInstance;
  #heartbeat: NodeJS.Timeout | undefined;

  private constructor(options: ServiceOptions, store: Store, bus: Bus) {
    this.#options = options;
    this.#store = store;
    this.#bus = bus;
    this.#http = Fastify({ forceCloseConnections: true, requestTimeout: 30_000 });
    this.#http.get('/health', async ({ socket }, reply) => {
      const health = await this.health();
      const told = isLoop(socket.remoteAddress ?? '') ? health : { ready: health.ready };
      return reply.code(health.ready ? 200 : 503).send(told);
    });
  }

  /** Settles when it is ready. Faults name the part that does not come up and what to do. */
  static async start(options: ServiceOptions): Promise<ManagementService> {
    const store = await openStore(options.state, databaseLogin(options.properties));
    try {
      const bus = await openBus(brokerLogin(options.properties));
      const service = new ManagementService(options, store, bus);
      await service.#enter();
      await service.#listen();
      return service;
    } catch (thrown) {
      await store.close();
      throw thrown;
    }
  }

  async health(): Promise<Health> {
    const [store, bus] = await Promise.all([asked(this.#store), asked(this.#bus)]);
    const { version } = this.#options;
    return { ready: store.why === undefined && bus.why === undefined, pid: process.pid, version, store, bus };
  }

  /** Ends in bounded time, whatever store and broker do: others see by the heartbeat that this one is gone. */
  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#http.close();
    await this.#farewell('bus', () => this.#bus.close());
    await this.#farewell('store', () => this.#leave());
    await this.#farewell('store', () => this.#store.close());
  }

  async #leave(): Promise<void> {
    await this.#store.database.deleteFrom('management_node').where('uuid', '=', this.#uuid).execute();
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

  /** Its row in the store, kept fresh: how management nodes see one another. */
  async #enter(): Promise<void> {
    const now = Date.now();
    const address = this.#options.properties.get(KEYS.managementAddress) ?? '127.0.0.1';
    await this.#store.database
      .insertInto('management_node')
      .values({ uuid: this.#uuid, address, version: this.#options.version, started: now, heartbeat: now })
      .execute();
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MILLISECONDS);
  }

  async #beat(): Promise<void> {
    const query = this.#store.database.updateTable('management_node').set({ heartbeat: Date.now() });
    await query
      .where('uuid', '=', this.#uuid)
      .execute()
      .catch((error) => this.#options.log(`heartbeat: ${Fault.from(error).words.en}`));
  }

  async #listen(): Promise<void> {
    const { host, port } = this.#options;
    await this.#http.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
      clearInterval(this.#heartbeat);
      throw error.code === 'EADDRINUSE' ? taken(port) : error;
    });
  }
}

const isLoop = (address: string): boolean => /^(::ffff:)?127\.|^::1$/i.test(address);

async function asked(part: Store | Bus): Promise<PartHealth> {
  try {
    await part.ask();
    return { kind: part.kind };
  } catch (thrown) {
    return { kind: part.kind, why: Fault.from(thrown).words.en };
  }
}

const taken = (port: number): Fault =>
  new Fault('conflict', say(`port ${port} is in use`, `端口 ${port} 已被占用`), {
    next: say(`who holds it: ss -ltnp sport = :${port}`, `查看占用者：ss -ltnp sport = :${port}`),
  });
