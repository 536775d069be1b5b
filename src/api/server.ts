import type { Server, Socket } from 'node:net';
import type { Caller } from './action.ts';
import { Fault } from './fault.ts';
import {
  type Answer,
  type ClientHello,
  encode,
  LineReader,
  MAX_ANSWER,
  MAX_REQUEST,
  malformed,
  type Progress,
  parseClientHello,
  parseRequest,
  type Request,
  type ServerHello,
} from './wire.ts';
import { say } from './words.ts';

export interface Limits {
  connections: number;
  /** Of one user who is neither root nor the server's own. */
  connectionsPerUser: number;
  /** Requests in flight on one connection. */
  requests: number;
  /** Bytes that wait for a client that does not read. */
  queue: number;
  /** Milliseconds for the hello, and for any line once it has begun. */
  lineTime: number;
}

export const LIMITS: Limits = {
  connections: 64,
  connectionsPerUser: 16,
  requests: 32,
  queue: 4 * 1024 * 1024,
  lineTime: 10_000,
};

/** The way back to the caller of one request. */
export interface Reply {
  readonly signal: AbortSignal;
  item(item: unknown): void;
  progress(progress: Progress): void;
}

/** What is known of the other end; `program`, where that is not for it to say. */
export type Peer = Pick<Caller, 'uid' | 'pid' | 'line'> & Partial<Pick<Caller, 'program'>>;

export interface Service {
  readonly hello: ServerHello;
  readonly limits: Limits;
  /** Who is at the other end, from the kernel. Throws a Fault when that cannot be told. */
  identify(socket: Socket): Peer;
  /** Carries out one request. What it throws reaches the caller as a fault. `caller` is the same object for one connection. */
  call(caller: Caller, action: string, input: unknown, reply: Reply): Promise<unknown>;
  /** The connection of this caller has ended. */
  left(caller: Caller): void;
  /** Something that only a log should hear of. */
  log(text: string): void;
}

/** Serves every connection of a listening server; answers the number of them as they are now. */
export function serve(server: Server, service: Service): { connections(): number; close(): void } {
  const guests = new Set<Guest>();
  server.on('connection', (socket) => {
    const guest = new Guest(socket, service, () => guests.delete(guest));
    const fault = admit(guest, guests, service.limits);
    if (fault !== undefined) return guest.refuse(fault);
    guests.add(guest);
    guest.start();
  });
  return {
    connections: () => guests.size,
    close: () => {
      server.close();
      for (const guest of guests) guest.drop();
    },
  };
}

/** Serves who is at the other end of one connection that is there already. */
export function serveOver(socket: Socket, service: Service): void {
  new Guest(socket, service, () => undefined).start();
}

function admit(guest: Guest, guests: Set<Guest>, limits: Limits): Fault | undefined {
  if (guest.unknown !== undefined) return guest.unknown;
  if (guests.size >= limits.connections) return tooMany(limits.connections);
  const { uid } = guest.peer;
  if (uid === 0 || uid === process.getuid?.()) return undefined;
  const own = [...guests].filter((other) => other.peer.uid === uid).length;
  return own >= limits.connectionsPerUser ? tooMany(limits.connectionsPerUser) : undefined;
}

const tooMany = (most: number): Fault =>
  new Fault('unavailable', say(`too many connections (${most} at most)`, `连接过多（最多 ${most} 个）`));

/** One connection, seen from the server. */
class Guest {
  peer: Peer = { uid: -1, pid: 0, line: '-' };
  unknown: Fault | undefined;
  readonly #socket: Socket;
  readonly #service: Service;
  readonly #gone: () => void;
  readonly #reader = new LineReader(MAX_REQUEST);
  readonly #running = new Map<number, AbortController>();
  #caller: Caller | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(socket: Socket, service: Service, gone: () => void) {
    this.#socket = socket;
    this.#service = service;
    this.#gone = gone;
    // A peer that hangs up while we write is no error of ours: `close` follows.
    socket.on('error', () => {});
    try {
      this.peer = service.identify(socket);
    } catch (thrown) {
      this.unknown = Fault.from(thrown);
    }
  }

  refuse(fault: Fault): void {
    this.#ended = true;
    this.#farewell(fault);
  }

  start(): void {
    this.#watchLine();
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on('close', () => this.#end());
  }

  drop(): void {
    this.#socket.destroy();
    this.#end();
  }

  #receive(chunk: Buffer): void {
    if (this.#ended) return;
    try {
      const lines = this.#reader.push(chunk);
      for (const line of lines) this.#line(line);
      if (lines.length > 0) this.#watchLine();
      else this.#timer ??= this.#lineTimer();
    } catch (thrown) {
      this.#farewell(Fault.from(thrown));
    }
  }

  // Only a line that has begun is timed, and the hello: between lines a client may be silent for days.
  #watchLine(): void {
    clearTimeout(this.#timer);
    const awaited = this.#caller === undefined || this.#reader.partial;
    this.#timer = awaited && !this.#ended ? this.#lineTimer() : undefined;
  }

  #lineTimer(): NodeJS.Timeout {
    const timer = setTimeout(() => this.#farewell(slow()), this.#service.limits.lineTime);
    timer.unref();
    return timer;
  }

  #line(line: string): void {
    if (this.#ended) return;
    if (this.#caller === undefined) this.#greet(parseClientHello(line));
    else this.#accept(this.#caller, parseRequest(line));
  }

  #accept(caller: Caller, request: Request): void {
    const { id } = request;
    if ('cancel' in request) this.#running.get(id)?.abort(cancelled());
    else if (this.#running.has(id)) throw malformed('the id is in use', '该 id 正在使用');
    else if (this.#running.size >= this.#service.limits.requests)
      this.#answer({ id, fault: busy().toRecord() });
    else void this.#carryOut(caller, id, request.action, request.input);
  }

  #greet(hello: ClientHello): void {
    this.#caller = { program: hello.program, ...this.peer };
    this.#send(encode({ hello: this.#service.hello }));
  }

  async #carryOut(caller: Caller, id: number, action: string, input: unknown): Promise<void> {
    const abort = new AbortController();
    this.#running.set(id, abort);
    const reply: Reply = {
      signal: abort.signal,
      item: (item) => this.#answer({ id, item }),
      progress: (progress) => this.#answer({ id, progress }),
    };
    try {
      const output = await this.#service.call(caller, action, input, reply);
      this.#answer({ id, ok: output ?? null });
    } catch (thrown) {
      this.#answer({ id, fault: this.#faultOf(action, thrown).toRecord() });
    } finally {
      this.#running.delete(id);
    }
  }

  #faultOf(action: string, thrown: unknown): Fault {
    const fault = Fault.from(thrown);
    if (fault.kind === 'internal') {
      this.#service.log(`${action}: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
    }
    return fault;
  }

  #answer(answer: Answer): void {
    if (this.#ended) return;
    const line = encode(answer);
    if (Buffer.byteLength(line) <= MAX_ANSWER) this.#send(line);
    else this.#send(encode({ id: answer.id, fault: tooLong().toRecord() }));
  }

  #send(line: string): void {
    this.#socket.write(line);
    if (this.#socket.writableLength > this.#service.limits.queue) this.drop();
  }

  /** Says why, then ends the connection, at once when the other side does not read. */
  #farewell(fault: Fault): void {
    this.#end();
    this.#socket.end(encode({ fault: fault.toRecord() }));
    const timer = setTimeout(() => this.#socket.destroy(), 1_000);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
    this.#socket.resume();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#gone();
    for (const abort of this.#running.values()) abort.abort(cancelled());
    if (this.#caller !== undefined) this.#service.left(this.#caller);
  }
}

/** Why what runs ends: whoever asked for it does not want it any more, or has gone. */
const cancelled = (): Fault => new Fault('failed', say('cancelled', '已取消'));

const slow = (): Fault => new Fault('timeout', say('the line took too long', '该行发送超时'));
const busy = (): Fault =>
  new Fault('unavailable', say('too many requests at once on this connection', '此连接上的并发请求过多'));
const tooLong = (): Fault => new Fault('internal', say('the answer is too long', '应答过长'));
