/** Of what is sent, so many seconds at most are on their way; on fast lines less, as a key must not wait for it. */
const MOST_SECONDS = 0.08;
const QUICK_SECONDS = 0.02;
/** With less on its way a line that needs more than QUICK_SECONDS for it would run dry between two timers. */
const LEAST_BYTES = 192;

/**
 * How full a line of a known rate is: what was handed to it and cannot have left it yet. The kernel takes pages of
 * output for a serial line at once, seconds of it on a slow one, so its word for being full comes too late.
 */
export class Pace {
  readonly #rate: number;
  readonly #most: number;
  #level = 0;
  #at = performance.now();

  /** @param bytesPerSecond what the line takes; undefined: not known, it is never full */
  constructor(bytesPerSecond: number | undefined) {
    this.#rate = bytesPerSecond ?? Number.POSITIVE_INFINITY;
    const quick = Math.max(LEAST_BYTES, this.#rate * QUICK_SECONDS);
    this.#most = Math.max(1, Math.min(quick, this.#rate * MOST_SECONDS));
  }

  /** Bytes that may be handed over now. */
  get room(): number {
    return this.#rate === Number.POSITIVE_INFINITY ? this.#rate : Math.floor(this.#most - this.#queued());
  }

  /** More can be drawn: half of what may be on its way has left. */
  get open(): boolean {
    return this.#queued() <= this.#most / 2;
  }

  /** Milliseconds until it is open, when nothing is sent meanwhile. */
  get wait(): number {
    return Math.max(0, ((this.#queued() - this.#most / 2) / this.#rate) * 1000);
  }

  sent(bytes: number): void {
    if (this.#rate !== Number.POSITIVE_INFINITY) this.#level = this.#queued() + bytes;
    this.#at = performance.now();
  }

  #queued(): number {
    if (this.#level === 0) return 0;
    return Math.max(0, this.#level - ((performance.now() - this.#at) / 1000) * this.#rate);
  }
}
