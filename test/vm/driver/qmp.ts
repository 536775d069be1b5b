import { connect, type Socket } from 'node:net';
import { PATIENCE_MS, until } from './wait.ts';

export interface QmpEvent {
  event: string;
  data?: Record<string, unknown>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Connects to a unix socket that may not be there yet; undefined when it is not. */
export async function tryConnect(path: string): Promise<Socket | undefined> {
  const socket = connect(path);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

/** QEMU's control socket: one JSON object a line, answers in the order of the commands. */
export class Qmp {
  /** All events since the connection, oldest first. */
  readonly events: QmpEvent[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #socket: Socket;
  #text = '';
  #closed = false;

  static async open(path: string, limitMs = PATIENCE_MS): Promise<Qmp> {
    const socket = await until(`QEMU listens on ${path}`, () => tryConnect(path), { limitMs, everyMs: 20 });
    const qmp = new Qmp(socket);
    await qmp.execute('qmp_capabilities');
    return qmp;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => this.#read(chunk));
    socket.on('error', () => this.#end());
    socket.on('close', () => this.#end());
  }

  /** @throws Error with QEMU's own words, or when QEMU is gone */
  execute(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Error(`${command}: QEMU has ended`));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    });
  }

  /** The first event of this name at or after position `from` in `events`. */
  event(name: string, from = 0, limitMs?: number): Promise<QmpEvent> {
    const find = () => this.events.slice(from).find((item) => item.event === name);
    return until(`QEMU event ${name}`, find, limitMs === undefined ? {} : { limitMs });
  }

  #read(chunk: string): void {
    this.#text += chunk;
    const lines = this.#text.split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) if (line.trim()) this.#take(JSON.parse(line) as Record<string, unknown>);
  }

  #take(message: Record<string, unknown>): void {
    if (typeof message.event === 'string') {
      this.events.push(message as unknown as QmpEvent);
      return;
    }
    if ('QMP' in message) return;
    const waiting = this.#waiting.shift();
    if ('error' in message) waiting?.reject(new Error(`QEMU: ${JSON.stringify(message.error)}`));
    else waiting?.resolve(message.return);
  }

  #end(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(new Error('QEMU has ended'));
  }
}
