import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { LineReader, MAX_ANSWER } from '../../../src/api/wire.ts';

const HELLO = `${JSON.stringify({ hello: { program: 'console', line: '-', version: '0' } })}\n`;
/** Wrong passwords are answered late on purpose, one behind the other. */
const PATIENCE = 300_000;

export type Message = Record<string, unknown>;

/** A client that sends whatever it is told to, and knows what came back. */
export class HostileClient {
  readonly #path: string;
  #socket: Socket | undefined;
  #reader = new LineReader(MAX_ANSWER);
  #messages: Message[] = [];
  #ended = true;
  #wake: () => void = () => {};
  #last = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Sends a request, cancels it at once when it would go on, and answers what ended it: `ok` or `fault`. */
  async ask(action: string, input: unknown, cancel: boolean): Promise<Message> {
    const socket = await this.#open();
    const id = ++this.#last;
    socket.write(`${JSON.stringify({ id, action, input })}\n${cancel ? `{"id":${id},"cancel":true}\n` : ''}`);
    for (;;) {
      const message = await this.#next();
      if (message === undefined) throw new Error('the connection ended without an answer');
      if (message.id === id && ('ok' in message || 'fault' in message)) return message;
      if (message.id === undefined) throw new Error(`not asked for: ${JSON.stringify(message)}`);
    }
  }

  /** Sends what breaks the protocol and answers all that came until the connection had ended. */
  async break(bytes: Buffer): Promise<Message[]> {
    const socket = await this.#open();
    socket.write(bytes);
    const got: Message[] = [];
    for (let message = await this.#next(); message !== undefined; message = await this.#next())
      got.push(message);
    return got;
  }

  close(): void {
    this.#socket?.destroy();
    this.#ended = true;
  }

  async #open(): Promise<Socket> {
    if (!this.#ended && this.#socket !== undefined) return this.#socket;
    const socket = createConnection(this.#path);
    this.#socket = socket;
    this.#reader = new LineReader(MAX_ANSWER);
    this.#messages = [];
    this.#ended = false;
    this.#last = 0;
    socket.on('data', (chunk: Buffer) => {
      for (const line of this.#reader.push(chunk)) this.#messages.push(JSON.parse(line));
      this.#wake();
    });
    socket.on('close', () => {
      if (this.#socket === socket) this.#ended = true;
      this.#wake();
    });
    // An end while something is being sent is told by what came before it.
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(HELLO);
    const hello = await this.#next();
    if (hello === undefined || !('hello' in hello)) throw new Error(`no hello: ${JSON.stringify(hello)}`);
    return socket;
  }

  /** The next message; undefined when the connection has ended. */
  async #next(): Promise<Message | undefined> {
    if (this.#messages.length === 0 && !this.#ended) {
      let timer: NodeJS.Timeout | undefined;
      const silent = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('no answer for five minutes')), PATIENCE);
      });
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, silent]).finally(() => clearTimeout(timer));
      return this.#next();
    }
    return this.#messages.shift();
  }
}
