import { connect, type Socket } from 'node:net';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { Procedure } from './codec.ts';
import {
  HEADER_SIZE,
  KEEPALIVE,
  KEEPALIVE_PROGRAM,
  LARGEST_MESSAGE,
  LENGTH_SIZE,
  MESSAGE,
  REMOTE_PROGRAM,
  STATUS,
  VERSION,
} from './protocol.ts';
import { XdrReader, XdrWriter } from './xdr.ts';

/** Milliseconds of silence until the daemon is asked for a sign of life, and how many go unanswered before it counts as dead. */
const KEEPALIVE_EVERY = 5000;
const KEEPALIVE_COUNT = 3;

/** Milliseconds for the answer to a call. A daemon that is just starting takes a dozen seconds for the first. */
const CALL_TIMEOUT = 20_000;

interface Header {
  program: number;
  procedure: number;
  type: number;
  serial: number;
  status: number;
}

interface Waiting {
  resolve(answer: XdrReader): void;
  reject(why: Fault): void;
  timer: NodeJS.Timeout;
}

/** What the daemon said by itself, not taken apart yet. */
export interface EventMessage {
  /** As in `EVENT`. */
  number: number;
  body: XdrReader;
}

/** One connection to a libvirt daemon: calls, events and signs of life. It ends itself when the daemon is silent. */
export class LibvirtConnection {
  /** Resolves once, with the reason, when the connection has ended. */
  readonly closed: Promise<Fault>;
  readonly #socket: Socket;
  readonly #onEvent: (message: EventMessage) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #heartbeat: NodeJS.Timeout;
  #end: (why: Fault) => void = () => {};
  #received: Buffer[] = [];
  #receivedSize = 0;
  #serial = 0;
  #unanswered = 0;

  /** @param onEvent called for each event message of the daemon. */
  private constructor(socket: Socket, onEvent: (message: EventMessage) => void) {
    this.#socket = socket;
    this.#onEvent = onEvent;
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#heartbeat = setInterval(() => this.#beat(), KEEPALIVE_EVERY);
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', (error) => this.#fail(gone(error)));
    socket.on('close', () => this.#fail(gone()));
  }

  /** Connects to a unix socket. Fault `unavailable` when nobody listens there. */
  static open(path: string, onEvent: (message: EventMessage) => void): Promise<LibvirtConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', (error) => reject(gone(error)));
      socket.once('connect', () => {
        socket.removeAllListeners('error');
        resolve(new LibvirtConnection(socket, onEvent));
      });
    });
  }

  /** Calls a procedure. Faults: `failed` with libvirt's own message, `timeout`, `unavailable` when the connection ends. */
  async call<A, R>({ number, args, result }: Procedure<A, R>, input: A): Promise<R> {
    const writer = new XdrWriter();
    args.write(writer, input);
    const answer = await this.#ask(number, writer.end());
    try {
      return result.read(answer);
    } catch (thrown) {
      throw notUnderstood(thrown);
    }
  }

  #ask(procedure: number, args: Buffer): Promise<XdrReader> {
    const serial = ++this.#serial;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(serial)?.reject(tooSlow()), CALL_TIMEOUT);
      this.#waiting.set(serial, { resolve, reject, timer });
      if (this.#socket.destroyed) this.#settle(serial)?.reject(gone());
      else this.#send({ program: REMOTE_PROGRAM, procedure, type: MESSAGE.call, serial, status: 0 }, args);
    });
  }

  close(): void {
    this.#fail(gone());
  }

  #send({ program, procedure, type, serial, status }: Header, payload: Buffer = Buffer.alloc(0)): void {
    const header = new XdrWriter()
      .uint(LENGTH_SIZE + HEADER_SIZE + payload.length)
      .uint(program)
      .uint(VERSION)
      .uint(procedure)
      .uint(type)
      .uint(serial)
      .uint(status);
    this.#socket.write(Buffer.concat([header.end(), payload]));
  }

  #receive(bytes: Buffer): void {
    this.#unanswered = 0;
    this.#received.push(bytes);
    this.#receivedSize += bytes.length;
    try {
      for (let message = this.#take(); message !== undefined; message = this.#take()) this.#dispatch(message);
    } catch (thrown) {
      this.#fail(notUnderstood(thrown));
    }
  }

  /** The next whole message without its length word; what came of a later one stays. */
  #take(): Buffer | undefined {
    if (this.#receivedSize < LENGTH_SIZE) return undefined;
    if ((this.#received[0]?.length ?? 0) < LENGTH_SIZE) this.#received = [Buffer.concat(this.#received)];
    const length = this.#received[0]?.readUInt32BE(0) ?? 0;
    if (length < LENGTH_SIZE + HEADER_SIZE || length > LARGEST_MESSAGE) {
      this.#fail(notUnderstood());
      return undefined;
    }
    if (this.#receivedSize < length) return undefined;
    const all = Buffer.concat(this.#received);
    this.#received = all.length > length ? [all.subarray(length)] : [];
    this.#receivedSize = all.length - length;
    return all.subarray(LENGTH_SIZE, length);
  }

  #dispatch(message: Buffer): void {
    const reader = new XdrReader(message);
    const program = reader.uint();
    reader.uint();
    const header: Header = {
      program,
      procedure: reader.int(),
      type: reader.uint(),
      serial: reader.uint(),
      status: reader.uint(),
    };
    if (program === KEEPALIVE_PROGRAM) this.#answerPing(header);
    else if (header.type === MESSAGE.reply) this.#answer(header, reader);
    else if (header.type === MESSAGE.event) this.#onEvent({ number: header.procedure, body: reader });
  }

  #answer({ serial, status }: Header, reader: XdrReader): void {
    const error = status === STATUS.ok ? undefined : remoteError(reader);
    const waiting = this.#settle(serial);
    if (error === undefined) waiting?.resolve(reader);
    else waiting?.reject(error);
  }

  #answerPing({ procedure }: Header): void {
    if (procedure === KEEPALIVE.ping) this.#sendSign(KEEPALIVE.pong);
  }

  #sendSign(procedure: number): void {
    this.#send({ program: KEEPALIVE_PROGRAM, procedure, type: MESSAGE.event, serial: 0, status: 0 });
  }

  #beat(): void {
    if (this.#unanswered >= KEEPALIVE_COUNT) {
      this.#fail(silent());
      return;
    }
    this.#unanswered += 1;
    this.#sendSign(KEEPALIVE.ping);
  }

  #settle(serial: number): Waiting | undefined {
    const waiting = this.#waiting.get(serial);
    this.#waiting.delete(serial);
    clearTimeout(waiting?.timer);
    return waiting;
  }

  #fail(why: Fault): void {
    clearInterval(this.#heartbeat);
    this.#socket.destroy();
    for (const serial of [...this.#waiting.keys()]) this.#settle(serial)?.reject(why);
    this.#end(why);
  }
}

/** What libvirt refused, in its own words. */
export class LibvirtError extends Fault {
  /** virErrorNumber */
  readonly code: number;

  constructor(code: number, message: string) {
    super('failed', say(`libvirt: ${message}`, `libvirt：${message}`));
    this.code = code;
  }
}

/** libvirt's error record: code, domain, then the message. */
function remoteError(reader: XdrReader): LibvirtError {
  const code = reader.int();
  reader.int();
  return new LibvirtError(code, reader.optional((inner) => inner.string()) ?? 'no reason given');
}

const gone = (cause?: Error): Fault =>
  new Fault('unavailable', say('libvirt is not running', 'libvirt 未运行'), { cause });

const tooSlow = (): Fault =>
  new Fault('timeout', say('libvirt did not answer in time', 'libvirt 未及时应答'));

const silent = (): Fault => new Fault('timeout', say('libvirt does not answer', 'libvirt 没有响应'));

const notUnderstood = (cause?: unknown): Fault =>
  new Fault(
    'failed',
    say('libvirt sent what is no message of its protocol', 'libvirt 发来的内容不符合协议'),
    {
      cause,
    },
  );
