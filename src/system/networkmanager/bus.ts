import type { EventEmitter } from 'node:events';
import { DBusError, Message, type MessageBus, MessageType, sessionBus, Variant } from '@jellybrick/dbus-next';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';

/** A value with its D-Bus signature. */
export { Variant as Value };
export type Section = Record<string, Variant>;
/** A connection profile as NetworkManager speaks of it: sections of keys. */
export type Settings = Record<string, Section>;

const SYSTEM_BUS = 'unix:path=/run/dbus/system_bus_socket';
const SERVICE = 'org.freedesktop.NetworkManager';

/** Where the system bus listens. Tests start one of their own and name it in the usual variable. */
const address = (): string => process.env.DBUS_SYSTEM_BUS_ADDRESS ?? SYSTEM_BUS;

/** One signal of NetworkManager. */
export type Signal = Pick<Message, 'body'> & { path: string; interface: string; member: string };
/** Without a signal: NetworkManager is lost. */
export type SignalListener = (signal?: Signal) => void;

export interface Call {
  path: string;
  interface: string;
  member: string;
  signature?: string;
  body?: unknown[];
  /** Milliseconds. */
  timeout?: number;
}

const TIMEOUT = 25_000;
/** The bus allows a connection 128 open calls. */
const AT_ONCE = 64;

/** One connection to the system bus for talking to NetworkManager. */
export class NetworkManagerBus {
  readonly #bus: MessageBus;
  readonly #listeners = new Set<SignalListener>();
  readonly #losses = new Set<() => void>();
  #lost: Fault | undefined;
  #running = 0;
  readonly #queue: (() => void)[] = [];

  private constructor(bus: MessageBus) {
    this.#bus = bus;
    // Its declared events leave out this one.
    (bus as unknown as EventEmitter).on('error', () => this.#end());
    bus.on('message', (message) => this.#received(message));
  }

  /** Throws `unavailable` when the bus or NetworkManager is not there. */
  static async open(): Promise<NetworkManagerBus> {
    const bus = sessionBus({ busAddress: address() });
    const opened = new NetworkManagerBus(bus);
    try {
      await opened.#connected();
      await opened.#watch();
      return opened;
    } catch (thrown) {
      opened.close();
      throw thrown;
    }
  }

  /** NetworkManager ended, or the bus: nothing that it was told in passing is known to it any more. */
  get lost(): Fault | undefined {
    return this.#lost;
  }

  /** Calls back at each signal of NetworkManager, and when it is lost. */
  onSignal(listener: SignalListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Faults: `unavailable`, `timeout`, else `failed` with NetworkManager's own words. */
  async call(call: Call): Promise<unknown[]> {
    if (this.#running >= AT_ONCE) await new Promise<void>((go) => this.#queue.push(go));
    this.#running++;
    try {
      return await this.#send(call);
    } finally {
      this.#running--;
      this.#queue.shift()?.();
    }
  }

  async #send({ timeout = TIMEOUT, ...call }: Call): Promise<unknown[]> {
    if (this.#lost !== undefined) throw this.#lost;
    const reply = await this.#limited(
      this.#bus.call(new Message({ destination: SERVICE, ...call })),
      timeout,
      call.member,
    );
    return reply?.body ?? [];
  }

  close(): void {
    this.#lost ??= notThere();
    this.#losses.clear();
    this.#listeners.clear();
    this.#bus.disconnect();
  }

  /** Rejects when the time is over or the connection ends: the library's own promise would wait for ever. */
  #limited<T>(answer: Promise<T>, timeout: number, member: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const gone = () => reject(this.#lost ?? notThere());
      const timer = setTimeout(() => reject(tooSlow(member, timeout)), timeout);
      this.#losses.add(gone);
      answer
        .then(resolve, (thrown) => reject(faultOf(member, thrown)))
        .finally(() => {
          clearTimeout(timer);
          this.#losses.delete(gone);
        });
    });
  }

  async #connected(): Promise<void> {
    if (this.#bus.name !== null) return;
    await this.#limited(new Promise<void>((resolve) => this.#bus.once('connect', resolve)), 5000, 'Hello');
  }

  async #watch(): Promise<void> {
    const rules = [
      `type='signal',sender='${SERVICE}'`,
      `type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${SERVICE}'`,
    ];
    for (const rule of rules) await this.#daemon('AddMatch', rule);
    const reply = await this.#daemon('NameHasOwner', SERVICE);
    if (reply[0] !== true) throw notThere();
  }

  async #daemon(member: string, argument: string): Promise<unknown[]> {
    const name = 'org.freedesktop.DBus';
    const message = new Message({
      destination: name,
      path: '/org/freedesktop/DBus',
      interface: name,
      member,
      signature: 's',
      body: [argument],
    });
    const reply = await this.#limited(this.#bus.call(message), 5000, member);
    return reply?.body ?? [];
  }

  #received(message: Message): void {
    if (message.type !== MessageType.SIGNAL) return;
    if (message.member === 'NameOwnerChanged' && message.body[0] === SERVICE && message.body[1] !== '') {
      this.#end();
      return;
    }
    const { path = '', interface: of = '', member = '', body } = message;
    for (const listener of this.#listeners) listener({ path, interface: of, member, body });
  }

  #end(): void {
    this.#lost ??= notThere();
    for (const loss of [...this.#losses]) loss();
    for (const listener of [...this.#listeners]) listener();
  }
}

const notThere = (): Fault =>
  new Fault('unavailable', say('NetworkManager does not run', 'NetworkManager 未运行'), {
    next: say('start it: systemctl start NetworkManager', '启动它：systemctl start NetworkManager'),
  });

const tooSlow = (member: string, timeout: number): Fault =>
  new Fault(
    'timeout',
    say(
      `NetworkManager did not answer ${member} within ${timeout / 1000} s`,
      `NetworkManager 在 ${timeout / 1000} 秒内未应答 ${member}`,
    ),
  );

function faultOf(member: string, thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const text = thrown instanceof DBusError ? thrown.text || thrown.type : String(thrown);
  if (thrown instanceof DBusError && /ServiceUnknown|NoReply|Disconnected/.test(thrown.type))
    return notThere();
  return new Fault(
    'failed',
    say(`NetworkManager: ${member}: ${text}`, `NetworkManager：${member}：${text}`),
    {
      cause: thrown,
    },
  );
}
