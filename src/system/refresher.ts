/** Milliseconds from the first event of a burst to the reading, and the least time between two readings. */
const SETTLE = 50;
const APART = 300;

/**
 * Reads again soon after it was asked to, once for a burst of events, never twice at a time. Under a steady stream
 * of events the figures are at most `APART` and one reading old. The reading must not throw.
 */
export class Refresher {
  readonly #read: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #last = Number.NEGATIVE_INFINITY;

  constructor(read: () => Promise<void>) {
    this.#read = read;
  }

  /** Something changed: read soon. */
  ask(): void {
    if (this.#closed || this.#timer !== undefined) return;
    if (this.#reading !== undefined) {
      this.#again = true;
      return;
    }
    const pause = Math.max(SETTLE, this.#last + APART - performance.now());
    this.#timer = setTimeout(() => void this.now(), pause);
  }

  /** Reads at once, or waits for the reading under way. */
  now(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reading ??= this.#run();
    return this.#reading;
  }

  /** No reading starts any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    this.#again = false;
    await this.#read();
    this.#last = performance.now();
    this.#reading = undefined;
    if (this.#again) this.ask();
  }
}
