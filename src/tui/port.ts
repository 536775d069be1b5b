import { EventEmitter, once } from 'node:events';
import type { Port as BlessedPort } from './blessed.ts';
import type { Size } from './page.ts';

/** The stream that the terminal is behind. A terminal that tells no size (a serial line) has none or 0. */
export interface Output extends NodeJS.EventEmitter {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly writable: boolean;
  write(text: string, done: (error?: Error | null) => void): boolean;
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

/** What the renderer writes to: counts bytes, knows when the line is full, and gives a size in every case. */
export class Port extends EventEmitter implements BlessedPort {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** Bytes written since the start. */
  bytes = 0;
  readonly #output: Output;
  #waiting = 0;

  constructor(output: Output) {
    super();
    this.#output = output;
    // A terminal that takes nothing must not stop the program.
    (output as Handle)._handle?.setBlocking?.(false);
    ({ columns: this.columns, rows: this.rows } = this.actualSize());
  }

  get writable(): boolean {
    return this.#output.writable;
  }

  /** Something written before has not left yet. When all has, `idle` is emitted. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  write(drawn: string): boolean {
    const text = shortMoves(drawn);
    this.bytes += Buffer.byteLength(text);
    this.#waiting++;
    return this.#output.write(text, () => {
      this.#waiting--;
      if (this.#waiting === 0) this.emit('idle');
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
