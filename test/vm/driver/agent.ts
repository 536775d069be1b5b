import type { Socket } from 'node:net';
import { tryConnect } from './qmp.ts';
import { BOOT_MS, PATIENCE_MS, until, within } from './wait.ts';

export interface Result {
  code: number;
  stdout: Buffer;
  stderr: Buffer;
}

interface Waiting {
  resolve(result: Result): void;
  reject(error: Error): void;
}

/** The other end of the program that runs commands in the machine (its file tells the protocol). */
export class Agent {
  readonly #waiting = new Map<number, Waiting>();
  readonly #socket: Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #next = 1;

  /** Connects to QEMU's end of the port; the machine itself need not have booted. */
  static async open(path: string): Promise<Agent> {
    const socket = await until('the virtio port', () => tryConnect(path), { everyMs: 20 });
    return new Agent(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => this.#end());
    socket.on('close', () => this.#end());
  }

  /** Waits until the machine answers. What is sent before that is lost, so it is asked again. */
  async ready(limitMs = BOOT_MS): Promise<void> {
    let answered = false;
    // An answer that comes late is one, too.
    const ask = async () => {
      const answer = this.#send(['true'], undefined, 5000).then(
        () => {
          answered = true;
        },
        () => undefined,
      );
      await within(2000, 'answer', answer).catch(() => undefined);
      return answered || undefined;
    };
    await until('the machine runs commands', ask, { limitMs, everyMs: 200 });
  }

  /**
   * Runs a program in the machine. Code 124: not done within `limitMs`; 127: no such program; 128 + n: signal n.
   * @throws TimedOut when the machine itself does not answer
   */
  request(argv: string[], options: { stdin?: Uint8Array; limitMs?: number } = {}): Promise<Result> {
    const limitMs = options.limitMs ?? PATIENCE_MS;
    return within(limitMs + 10_000, `answer to ${argv.join(' ')}`, this.#send(argv, options.stdin, limitMs));
  }

  #send(argv: string[], stdin: Uint8Array = Buffer.alloc(0), limitMs: number): Promise<Result> {
    const id = this.#next++;
    const args = argv.map((arg) => Buffer.from(arg));
    const lengths = [stdin.length, ...args.map((arg) => arg.length)];
    const head = `${id} ${Math.ceil(limitMs / 1000)} ${lengths.join(' ')}\n`;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.write(Buffer.concat([Buffer.from(head), ...[stdin], ...args]));
    });
  }

  #read(chunk: Buffer): void {
    this.#buffer = this.#buffer.length ? Buffer.concat([this.#buffer, chunk]) : chunk;
    for (;;) {
      const end = this.#buffer.indexOf('\n');
      if (end < 0) return;
      const [id = 0, code = 0, out = 0, err = 0] = this.#buffer
        .toString('latin1', 0, end)
        .split(' ')
        .map(Number);
      const start = end + 1;
      if (this.#buffer.length < start + out + err) return;
      const stdout = this.#buffer.subarray(start, start + out);
      const stderr = this.#buffer.subarray(start + out, start + out + err);
      this.#buffer = this.#buffer.subarray(start + out + err);
      this.#waiting.get(id)?.resolve({ code, stdout, stderr });
      this.#waiting.delete(id);
    }
  }

  #end(): void {
    for (const waiting of this.#waiting.values()) waiting.reject(new Error('the machine has ended'));
    this.#waiting.clear();
  }
}
