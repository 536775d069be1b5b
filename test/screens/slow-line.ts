const STEP_MS = 5;

/** A line of a given speed: what it is given comes out at its far end a byte after the other, however much that is. */
export class SlowLine {
  readonly #rate: number;
  readonly #out: (bytes: Buffer) => void;
  #held = Buffer.alloc(0);
  #at = 0;
  #most = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param out gets the bytes that have passed */
  constructor(bytesPerSecond: number, out: (bytes: Buffer) => void) {
    this.#rate = bytesPerSecond;
    this.#out = out;
  }

  /** The longest that a byte had to wait in the line since this was last asked, in seconds. */
  takeLongest(): number {
    const longest = this.#most / this.#rate;
    this.#most = this.#held.length;
    return longest;
  }

  take(bytes: Buffer): void {
    this.#pass();
    if (this.#held.length === 0) this.#at = performance.now();
    this.#held = Buffer.concat([this.#held, bytes]);
    this.#most = Math.max(this.#most, this.#held.length);
    this.#timer ??= setInterval(() => this.#pass(), STEP_MS);
  }

  #pass(): void {
    const count = Math.min(
      this.#held.length,
      Math.floor(((performance.now() - this.#at) * this.#rate) / 1000),
    );
    if (count > 0) {
      this.#at += (count / this.#rate) * 1000;
      this.#out(this.#held.subarray(0, count));
      this.#held = this.#held.subarray(count);
    }
    if (this.#held.length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
