import { EventEmitter, once } from 'node:events';
import type { Port as BlessedPort } from './blessed.ts';
import { Pace } from './pace.ts';
import type { Size } from './page.ts';

/** The stream that the terminal is behind. A terminal that tells no size (a serial line) has none or 0. */
export interface Output extends NodeJS.EventEmitter {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly writable: boolean;
  write(bytes: Uint8Array, done: (error?: Error | null) => void): boolean;
}

interface Handle {
  _handle?: { setBlocking?(blocking: boolean): number };
}

const ASSUMED: Size = { columns: 80, rows: 24 };
/** A size beyond this is a mistake of the line, not a screen. */
const MOST: Size = { columns: 500, rows: 200 };

/** The renderer moves to the start of a row before it moves to the place in it: one move is enough. */
const shortMoves = (text: string): string =>
  text
    .replace(/\x1b\[\d+;\d+H(?=\x1b\[\d+;\d+H)/g, '')
    .replace(/\x1b\[(\d+);1H\x1b\[(\d+)C/g, (_, row: string, by: string) => `\x1b[${row};${Number(by) + 1}H`);

/**
 * What the renderer writes to: counts bytes, gives the line no more than it can take, knows when it is full, and gives
 * a size in every case.
 */
export class Port extends EventEmitter implements BlessedPort {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** Bytes written since the start. */
  bytes = 0;
  readonly #output: Output;
  #pace: Pace;
  /** Written, and not handed to the line yet. */
  #held: Buffer[] = [];
  /** Handed over, and not taken by the kernel yet. */
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param bytesPerSecond what the line takes; undefined: as much as the kernel takes at once */
  constructor(output: Output, bytesPerSecond?: number) {
    super();
    this.#output = output;
    this.#pace = new Pace(bytesPerSecond);
    // A terminal that takes nothing must not stop the program.
    (output as Handle)._handle?.setBlocking?.(false);
    ({ columns: this.columns, rows: this.rows } = this.actualSize());
  }

  get writable(): boolean {
    return this.#output.writable;
  }

  /** What was written before has not left yet. As soon as more can be taken, `idle` is emitted. */
  get busy(): boolean {
    return this.#held.length > 0 || this.#waiting > 0 || !this.#pace.open;
  }

  /** Bytes that the line can take at once. */
  get room(): number {
    return this.#pace.room;
  }

  write(drawn: string): boolean {
    this.#queue(Buffer.from(shortMoves(drawn)));
    return true;
  }

  /** Text of somebody else, as it is. Settles when the line has taken it. */
  async pass(bytes: Uint8Array): Promise<void> {
    this.#queue(Buffer.from(bytes));
    if (this.busy) await once(this, 'idle');
  }

  #queue(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.bytes += bytes.length;
    this.#held.push(bytes);
    this.#pump();
  }

  /** From now on everything goes to the kernel at once: the program ends, and nobody waits for the line any more. */
  hurry(): void {
    this.#pace = new Pace(undefined);
    this.#pump();
  }

  /** Hands over what the line can take, and comes back for the rest. */
  #pump(): void {
    clearTimeout(this.#timer);
    while (this.#held[0] !== undefined && this.#waiting === 0 && this.#pace.room > 0)
      this.#hand(this.#held[0]);
    if (this.#waiting > 0) return;
    if (this.busy) this.#timer = setTimeout(() => this.#pump(), Math.ceil(this.#pace.wait));
    else this.emit('idle');
  }

  #hand(first: Buffer): void {
    const chunk = first.subarray(0, this.#pace.room);
    const rest = first.subarray(chunk.length);
    this.#held = rest.length > 0 ? [rest, ...this.#held.slice(1)] : this.#held.slice(1);
    this.#pace.sent(chunk.length);
    this.#waiting++;
    this.#output.write(chunk, () => {
      this.#waiting--;
      this.#pump();
    });
  }

  /** Waits until everything has left, at most so many milliseconds. */
  async settled(milliseconds: number): Promise<void> {
    if (!this.busy) return;
    await once(this, 'idle', { signal: AbortSignal.timeout(milliseconds) }).catch((error: Error) => {
      if (error.name !== 'AbortError') throw error;
    });
  }

  actualSize(): Size {
    const { columns, rows } = this.#output;
    if (!columns || !rows) return ASSUMED;
    return { columns: Math.min(columns, MOST.columns), rows: Math.min(rows, MOST.rows) };
  }

  /** Takes over the size the terminal has now and tells the renderer, which clears and draws again. */
  resize(): void {
    ({ columns: this.columns, rows: this.rows } = this.actualSize());
    this.emit('resize');
  }
}
