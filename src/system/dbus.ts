import type { EventEmitter } from 'node:events';
import { DBusError, Message, type MessageBus, MessageType, sessionBus, Variant } from '@jellybrick/dbus-next';
import { Fault, type FaultKind } from '../api/fault.ts';
import { say } from '../api/words.ts';
import type { Link } from './keep-connected.ts';

/** A value with its D-Bus signature. */
export { Variant as Value };

export const SYSTEM_BUS_SOCKET = '/run/dbus/system_bus_socket';

/** Milliseconds for connecting, and for one call's answer. */
const TIMEOUT = 5000;
/** The bus allows a connection 128 open calls. */
const AT_ONCE = 64;

/** Where a call goes. */
export interface Target {
  destination: string;
  path: string;
  interface: string;
}

export interface Signal {
  path: string;
  interface: string;
  member: string;
  /** As it came: variants are `Value`s. */
  body: unknown[];
}

/**
 * What a signal must match; the bus sends no others. One without interface gets all that others than the bus itself
 * send: it needs a connection of its own.
 */
export interface SignalRule {
  sender: string;
  path?: string;
  interface?: string;
  member?: string;
  /** The first argument, a text. */
  arg0?: string;
}

/** One connection to the system bus. */
export interface Bus extends Link {
  /**
   * Calls a method and answers its results as they came: variants are `Value`s. Faults: `unavailable` (nobody has that
   * name, or the bus is gone), `timeout`, `refused`, `failed` with the other side's text.
   * @param timeout milliseconds, from when it is sent
   */
  call(
    target: Target,
    member: string,
    signature?: string,
    body?: unknown[],
    timeout?: number,
  ): Promise<unknown[]>;
  /** Hands on matching signals until the connection ends. */
  onSignal(rule: SignalRule, listener: (signal: Signal) => void): Promise<void>;
}

/** The bus itself. */
export const DRIVER: Target = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};

/** Connects to the system bus. Faults as `openBus`. */
export const openSystemBus = (socketPath = SYSTEM_BUS_SOCKET): Promise<Bus> =>
  openBus(`unix:path=${socketPath}`);

/** Connects to a bus by its D-Bus address. Fault `unavailable` when it does not run, `timeout` when it says nothing. */
export async function openBus(address: string): Promise<Bus> {
  // The library's call for the system bus takes no address; the other one takes any.
  const connection = new Connection(sessionBus({ busAddress: address, authMethods: ['EXTERNAL'] }));
  try {
    await connection.connected();
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
  return connection;
}

class Connection implements Bus {
  readonly closed: Promise<Fault>;
  readonly #bus: MessageBus;
  readonly #listeners: { rule: SignalRule; listener: (signal: Signal) => void }[] = [];
  #end: (why: Fault) => void = () => {};
  #ended: Fault | undefined;
  /** What waits for an answer hears of the end here: hung on `closed`, each answer would be kept as long as the bus. */
  readonly #losses = new Set<(why: Fault) => void>();
  #running = 0;
  readonly #queue: (() => void)[] = [];

  constructor(bus: MessageBus) {
    this.#bus = bus;
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
    const emitter: EventEmitter = bus;
    emitter.on('error', (error: unknown) => this.#fail(gone(error)));
    emitter.on('message', (message: Message) => this.#hand(message));
    // The library tells the end of the stream only on its inner connection.
    (bus as unknown as { _connection: EventEmitter })._connection.on('end', () => this.#fail(gone()));
  }

  async connected(): Promise<void> {
    const greeted = new Promise<void>((resolve) => this.#bus.once('connect', resolve));
    await this.#inTime(greeted);
  }

  async call(
    target: Target,
    member: string,
    signature = '',
    body: unknown[] = [],
    timeout = TIMEOUT,
  ): Promise<unknown[]> {
    if (this.#running >= AT_ONCE) await new Promise<void>((go) => this.#queue.push(go));
    this.#running++;
    try {
      return await this.#send(new Message({ ...target, member, signature, body }), timeout);
    } finally {
      this.#running--;
      this.#queue.shift()?.();
    }
  }

  async #send(message: Message, timeout: number): Promise<unknown[]> {
    if (this.#ended !== undefined) throw this.#ended;
    const reply = await this.#inTime(this.#bus.call(message), timeout).catch((thrown: unknown) => {
      throw explained(thrown);
    });
    return reply?.body ?? [];
  }

  async onSignal(rule: SignalRule, listener: (signal: Signal) => void): Promise<void> {
    this.#listeners.push({ rule, listener });
    const text = Object.entries({ type: 'signal', ...rule }).map(([key, value]) => `${key}='${value}'`);
    await this.call(DRIVER, 'AddMatch', 's', [text.join(',')]);
  }

  close(): void {
    this.#fail(gone());
  }

  #hand(message: Message): void {
    if (message.type !== MessageType.SIGNAL) return;
    const { path, interface: name, member } = message;
    for (const { rule, listener } of this.#listeners)
      if (isMatch(message, rule)) listener({ path, interface: name, member, body: message.body });
  }

  #fail(why: Fault): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    this.#end(why);
    for (const lost of this.#losses) lost(why);
    this.#bus.disconnect();
  }

  /** The answer, or the reason why none comes: too late, or the connection ended meanwhile. */
  async #inTime<T>(answer: Promise<T>, timeout = TIMEOUT): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(tooSlow()), timeout);
    });
    let lost: (why: Fault) => void = () => {};
    const over = new Promise<never>((_, reject) => {
      lost = reject;
    });
    this.#losses.add(lost);
    try {
      return await Promise.race([answer, late, over]);
    } finally {
      clearTimeout(timer);
      this.#losses.delete(lost);
    }
  }
}

/** The sender's unique name differs from its well-known one: the bus has checked that part of the rule, except its own name. */
const isMatch = (message: Message, rule: SignalRule): boolean =>
  (message.sender === DRIVER.destination) === (rule.sender === DRIVER.destination) &&
  matches(rule.interface, message.interface) &&
  matches(rule.member, message.member) &&
  matches(rule.path, message.path) &&
  matches(rule.arg0, message.body[0]);

const matches = (wanted: string | undefined, found: unknown): boolean =>
  wanted === undefined || wanted === found;

const KINDS: Record<string, FaultKind> = {
  'org.freedesktop.DBus.Error.ServiceUnknown': 'unavailable',
  'org.freedesktop.DBus.Error.NameHasNoOwner': 'unavailable',
  'org.freedesktop.DBus.Error.Disconnected': 'unavailable',
  'org.freedesktop.DBus.Error.NoReply': 'timeout',
  'org.freedesktop.DBus.Error.TimedOut': 'timeout',
  'org.freedesktop.DBus.Error.AccessDenied': 'refused',
};

/** What the other side said in its error; undefined when the fault is none of its making. */
export const saidBy = ({ cause }: Fault): string | undefined =>
  cause instanceof DBusError ? cause.text || cause.type : undefined;

function explained(thrown: unknown): Fault {
  if (!(thrown instanceof DBusError)) return Fault.from(thrown);
  const text = thrown.text || thrown.type;
  return new Fault(KINDS[thrown.type] ?? 'failed', say(`D-Bus: ${text}`, `D-Bus：${text}`), {
    cause: thrown,
  });
}

const gone = (cause?: unknown): Fault =>
  new Fault('unavailable', say('D-Bus is not running', 'D-Bus 未运行'), { cause });

const tooSlow = (): Fault => new Fault('timeout', say('D-Bus does not answer', 'D-Bus 没有响应'));
