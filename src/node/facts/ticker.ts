/** Milliseconds between two ticks while somebody watches. */
export const TICK = 2000;

/** Milliseconds between two readings while nobody does. */
export const IDLE_TICK = 10_000;

/** Something that is polled: at every n-th tick while watched. While nobody watches only what is `idle` is read. */
export interface Poll {
  every: number;
  idle?: boolean;
  read(): void | Promise<void>;
}

/**
 * One timer for everything that is polled, so that the processor wakes once for all of it. A tick that finds the
 * last reading of a slow poll still under way leaves that one out.
 */
export class Ticker {
  readonly #polls: readonly Poll[];
  readonly #busy = new Set<Poll>();
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  constructor(polls: readonly Poll[]) {
    this.#polls = polls;
  }

  /** Reads everything now, then every two seconds what is due. */
  watch(): void {
    this.stop();
    this.#count = 0;
    this.#readDue();
    this.#timer = setInterval(() => this.#readDue(), TICK);
  }

  /** Reads only what is followed without watchers, every ten seconds from now. */
  rest(): void {
    this.stop();
    this.#timer = setInterval(() => this.#readIdle(), IDLE_TICK);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #readDue(): void {
    const count = this.#count++;
    for (const poll of this.#polls) if (count % poll.every === 0) this.#read(poll);
  }

  #readIdle(): void {
    for (const poll of this.#polls) if (poll.idle) this.#read(poll);
  }

  #read(poll: Poll): void {
    if (this.#busy.has(poll)) return;
    const reading = poll.read();
    if (!reading) return;
    this.#busy.add(poll);
    void reading.finally(() => this.#busy.delete(poll));
  }
}
