import type { Duplex } from 'node:stream';
import xterm from '@xterm/headless';
import { until } from './wait.ts';

/** A person's terminal at the other end of a byte stream (serial line, ssh): shows text, sends keys. */
export class Terminal {
  readonly #stream: Duplex;
  readonly #view: xterm.Terminal;
  #received = 0;
  #replaying = false;

  constructor(stream: Duplex, size: { columns: number; rows: number } = { columns: 80, rows: 24 }) {
    this.#stream = stream;
    this.#view = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true });
    // A program may ask where the cursor is, or what terminal this is.
    this.#view.onData((answer) => this.#replaying || stream.write(answer));
    stream.on('data', (chunk: Buffer) => {
      this.#received += chunk.length;
      this.#view.write(chunk);
    });
  }

  /** Shows what came before this terminal was there, without answering it. */
  async replay(past: Uint8Array): Promise<void> {
    this.#replaying = true;
    await new Promise<void>((resolve) => this.#view.write(past, resolve));
    this.#replaying = false;
  }

  /** Bytes that came so far. */
  get received(): number {
    return this.#received;
  }

  lines(): string[] {
    const buffer = this.#view.buffer.active;
    const line = (row: number) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '';
    return Array.from({ length: this.#view.rows }, (_, row) => line(row));
  }

  text(): string {
    return this.lines().join('\n');
  }

  /** Hands on what comes, as it comes. */
  onOutput(take: (chunk: Buffer) => void): void {
    this.#stream.on('data', take);
  }

  /** Sends bytes as they are: text, '\r' for Enter, '\x1b[24~' for F12 … */
  send(text: string | Uint8Array): void {
    this.#stream.write(text);
  }

  /** Waits until what is shown matches. */
  async see(pattern: RegExp, limitMs?: number): Promise<string> {
    const probe = () => (pattern.test(this.text()) ? this.text() : undefined);
    const options = { explain: () => this.text(), ...(limitMs === undefined ? {} : { limitMs }) };
    return until(`${pattern} on the terminal`, probe, options);
  }
}
