import type { Duplex } from 'node:stream';
import type { Kysely } from 'kysely';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { Log } from '../../system/log.ts';
import { portTaken } from '../../system/port-holder.ts';
import { enterAgent, leaveAgent } from '../resource/console/agents.ts';
import { type Grant, holding } from '../resource/console/grants.ts';
import type { ConsoleAddress, Consoles } from '../resource/console/run.ts';
import { numberOf } from '../resource/global-config/run.ts';
import { pageFiles } from './files.ts';
import { ConsoleProxy } from './proxy.ts';
import type { ConsoleSettings } from './settings.ts';
import { Tickets } from './tickets.ts';

/** How the screen of a VM is reached on its host. Throws a Fault that says why it is not. */
export type OpenScreen = (grant: Grant, signal: AbortSignal) => Promise<Duplex>;

export interface ConsoleOptions extends ConsoleSettings {
  readonly database: Kysely<object>;
  /** Uuid of the management service. */
  readonly uuid: string;
  /** The address that it listens on, and where people reach it. */
  readonly host: string;
  readonly managementIp: string;
  /** Path of the page's program; absent: there is no proxy here. */
  readonly page: string | undefined;
  readonly open: OpenScreen;
  /** Whether this service has a link to that host. */
  isLinked(host: string): boolean;
  readonly log: Log;
}

/** How often it looks whether what tokens were given for still holds. */
const LOOK_MILLISECONDS = 2_000;

/** The console proxy of one management service: without its port the rest of the service works all the same. */
export class ConsoleService implements Consoles {
  readonly #options: ConsoleOptions;
  readonly #tickets = new Tickets();
  #proxy: ConsoleProxy | undefined;
  #why: Fault | undefined;
  #looking: NodeJS.Timeout | undefined;

  constructor(options: ConsoleOptions) {
    this.#options = options;
  }

  get uuid(): string {
    return this.#options.uuid;
  }

  async start(): Promise<void> {
    const { database, uuid, managementIp, overriddenIp } = this.#options;
    await this.#open();
    const row = { uuid, managementIp, consoleProxyOverriddenIp: overriddenIp ?? null };
    await enterAgent(database, { ...row, status: this.#status });
    this.#looking = setInterval(() => void this.#look(), LOOK_MILLISECONDS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#looking);
    await this.#proxy?.close();
    await leaveAgent(this.#options.database, this.uuid);
  }

  grant(grant: Grant): ConsoleAddress {
    const { isLinked, managementIp, overriddenIp, port } = this.#options;
    if (this.#why !== undefined) throw closed(this.#why);
    if (!isLinked(grant.host)) throw noLink(grant.host);
    const token = this.#tickets.issue(grant);
    if (token === undefined) throw tooMany();
    return { scheme: 'http', hostname: overriddenIp ?? managementIp, port, token };
  }

  async reconnect(): Promise<void> {
    await this.#proxy?.close();
    await this.#open();
    if (this.#why !== undefined) throw this.#why;
  }

  get #status(): 'Connected' | 'Disconnected' {
    return this.#why === undefined ? 'Connected' : 'Disconnected';
  }

  async #open(): Promise<void> {
    const { log } = this.#options;
    this.#proxy = undefined;
    this.#why = undefined;
    try {
      this.#proxy = await this.#opened();
    } catch (thrown) {
      this.#why = Fault.from(thrown);
      log(`console proxy: ${this.#why.words.en}`);
    }
  }

  async #opened(): Promise<ConsoleProxy> {
    const { page, host, port, open, log, database } = this.#options;
    if (page === undefined) throw noPage();
    const proxy = new ConsoleProxy({
      tickets: this.#tickets,
      files: await pageFiles(page),
      holds: async (grant) => (await holding(database, [grant])).has(grant),
      ...{ open, log },
    });
    await proxy.listen(host, port).catch(async (error: NodeJS.ErrnoException) => {
      throw error.code === 'EADDRINUSE' ? await portTaken(port) : error;
    });
    return proxy;
  }

  /** A store that does not answer now ends nobody's console. */
  async #look(): Promise<void> {
    if (this.#tickets.size === 0) return;
    const { database, log } = this.#options;
    try {
      const seconds = await numberOf(database, 'console', 'proxy.idleTimeout');
      this.#tickets.patience = seconds === 0 ? Number.POSITIVE_INFINITY : seconds * 1000;
      const still = await holding(database, this.#tickets.grants());
      this.#tickets.withdraw((grant) => !still.has(grant));
    } catch (thrown) {
      log(`console proxy: ${Fault.from(thrown).words.en}`);
    }
  }
}

const noPage = (): Fault =>
  new Fault('unavailable', say('this service has no page for consoles', '本服务没有控制台页面'));

const closed = ({ words, next }: Fault): Fault =>
  new Fault('unavailable', say(`no console proxy: ${words.en}`, `控制台代理不可用：${words.zh}`), {
    ...(next === undefined ? {} : { next }),
  });

const noLink = (host: string): Fault =>
  new Fault(
    'unavailable',
    say(`host ${host} has no link to this management node`, `主机 ${host} 没有到本管理节点的连接`),
  );

const tooMany = (): Fault => new Fault('unavailable', say('too many consoles are open', '打开的控制台过多'));
