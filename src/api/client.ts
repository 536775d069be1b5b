import { createConnection, type Socket } from 'node:net';
import type { z } from 'zod';
import type { Action, NameOf } from './action.ts';
import { Fault } from './fault.ts';
import {
  type ClientHello,
  encode,
  encodeRequest,
  faultOf,
  LineReader,
  MAX_ANSWER,
  type Progress,
  parseLine,
  type ServerHello,
} from './wire.ts';
import { say } from './words.ts';

/** What a call needs of an action: its name, and at compile time its types. */
export interface Named<I extends z.ZodType, O, T> {
  readonly name: string;
  readonly input?: I;
  readonly types?: { output: O; item: T };
}

type NamedOf<A> = A extends Action<infer I, infer O, infer T> ? Named<I, O, T> : never;

/** An action by its name alone: `reference<typeof watchFacts>('facts.watch')` is typed, loads no schema, and takes no other name. */
export const reference = <A>(name: NameOf<A>): NamedOf<A> => ({ name }) as { name: string } as NamedOf<A>;

export interface CallOptions<Item> {
  /** Aborting asks the other side to stop; the promise then settles with what it answers. */
  signal?: AbortSignal;
  onItem?(item: Item): void;
  onProgress?(progress: Progress): void;
}

export interface Connection {
  readonly server: ServerHello;
  /** Answers the action's output. Rejects with a `Fault`, also when the connection ends first. */
  call<I extends z.ZodType, O, T>(
    action: Named<I, O, T>,
    input: z.input<I>,
    options?: CallOptions<T>,
  ): Promise<O>;
  /** Starts a long action and answers its job's number; `jobs.watch` shows how it goes on. */
  start<I extends z.ZodType>(action: Named<I, unknown, unknown>, input: z.input<I>): Promise<{ job: string }>;
  /** Whether it has ended, known before anything that waited is told so. */
  readonly ended: boolean;
  /** Settles when the connection has ended: undefined after `close`, else why. Never rejects. */
  readonly closed: Promise<Fault | undefined>;
  close(): void;
}

const HELLO_MILLISECONDS = 20_000;

interface Waiting {
  resolve(output: unknown): void;
  reject(fault: Fault): void;
  options: CallOptions<unknown>;
}

/**
 * Connects to a controller or guard.
 * Rejects: `unavailable` when nothing listens, `refused` without the right to it, `timeout` when no hello comes.
 * @param path of the unix socket
 */
export const connect = (path: string, hello: ClientHello): Promise<Connection> =>
  connectOver(createConnection(path), hello);

/** As `connect`, over a socket that is there or comes up. */
export function connectOver(socket: Socket, hello: ClientHello): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const client = new Client(socket);
    const timer = setTimeout(() => client.end(silent()), HELLO_MILLISECONDS);
    client.greeted = () => {
      clearTimeout(timer);
      resolve(client);
    };
    // What is written before the connection is there follows on it.
    socket.write(encode({ hello }));
    void client.closed.then((fault) => {
      clearTimeout(timer);
      reject(fault ?? lost());
    });
  });
}

class Client implements Connection {
  server: ServerHello = { version: '', role: 'expert' };
  greeted: (() => void) | undefined;
  readonly closed: Promise<Fault | undefined>;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #reader = new LineReader(MAX_ANSWER);
  #settle: (fault: Fault | undefined) => void = () => {};
  #ended = false;
  #last = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((settle) => {
      this.#settle = settle;
    });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => this.end(connectFault(error)));
    socket.on('close', () => this.end(lost()));
  }

  call<I extends z.ZodType, O, T>(
    action: Named<I, O, T>,
    input: z.input<I>,
    options: CallOptions<T> = {},
  ): Promise<O> {
    return this.#ask(action.name, input, options as CallOptions<unknown>) as Promise<O>;
  }

  start<I extends z.ZodType>(
    action: Named<I, unknown, unknown>,
    input: z.input<I>,
  ): Promise<{ job: string }> {
    return this.#ask(action.name, input, {}) as Promise<{ job: string }>;
  }

  get ended(): boolean {
    return this.#ended;
  }

  close(): void {
    this.end(undefined);
  }

  /** Ends everything that waits, with the reason; later calls do nothing. */
  end(fault: Fault | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroy();
    for (const waiting of this.#waiting.values()) waiting.reject(fault ?? lost());
    this.#waiting.clear();
    this.#settle(fault);
  }

  #ask(action: string, input: unknown, options: CallOptions<unknown>): Promise<unknown> {
    if (this.#ended) return Promise.reject(lost());
    this.#last += 1;
    const id = this.#last;
    this.#socket.write(encodeRequest({ id, action, input }));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, options });
      this.#cancelOn(id, options.signal);
    });
  }

  #cancelOn(id: number, signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const cancel = () => {
      if (this.#waiting.has(id)) this.#socket.write(encodeRequest({ id, cancel: true }));
    };
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  }

  #receive(chunk: Buffer): void {
    try {
      for (const line of this.#reader.push(chunk)) this.#message(parseLine(line));
    } catch (thrown) {
      this.end(Fault.from(thrown));
    }
  }

  #message(message: Record<string, unknown>): void {
    if (message.hello !== undefined && this.greeted !== undefined) {
      this.server = message.hello as ServerHello;
      this.greeted();
      this.greeted = undefined;
      return;
    }
    if (message.id === undefined) this.end(faultOf(message.fault));
    else this.#answer(Number(message.id), message);
  }

  #answer(id: number, message: Record<string, unknown>): void {
    const waiting = this.#waiting.get(id);
    if ('item' in message) waiting?.options.onItem?.(message.item);
    else if ('progress' in message) waiting?.options.onProgress?.(message.progress as Progress);
    else this.#settled(id, message);
  }

  #settled(id: number, message: Record<string, unknown>): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if ('ok' in message) waiting?.resolve(message.ok ?? undefined);
    else waiting?.reject(faultOf(message.fault));
  }
}

const lost = (): Fault => new Fault('unavailable', say('the connection has ended', '连接已断开'));
const silent = (): Fault => new Fault('timeout', say('no answer on the socket', '套接字没有应答'));

function connectFault(error: NodeJS.ErrnoException): Fault {
  const cause = { cause: error };
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new Fault('unavailable', say('nothing listens on the socket', '套接字上没有服务在监听'), cause);
    case 'EACCES':
    case 'EPERM':
      return new Fault('refused', say('no right to use the socket', '无权使用该套接字'), cause);
    case 'EAGAIN':
      return new Fault(
        'unavailable',
        say('too many are waiting on the socket', '套接字上等待的连接过多'),
        cause,
      );
    default:
      return new Fault('unavailable', say(`connection: ${error.message}`, `连接：${error.message}`), cause);
  }
}
