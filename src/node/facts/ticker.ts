import { whyOf } from '../../system/errno.ts';
import type { Log } from '../../system/log.ts';

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
 * last reading of a slow poll still under way leaves that one out. What a poll throws is logged and ends nothing.
 */
export class Ticker {
  readonly #polls: readonly Poll[];
  readonly #log: Log;
  readonly #busy = new Set<Poll>();
  /** What they throw now: said once, not at every tick. */
  readonly #failed = new Map<Poll, string>();
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  constructor(polls: readonly Poll[], log: Log) {
    this.#polls = polls;
    this.#log = log;
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
    try {
      const reading = poll.read();
      if (reading) void this.#await(poll, reading);
      else this.#failed.delete(poll);
    } catch (thrown) {
      this.#fail(poll, thrown);
    }
  }

  async #await(poll: Poll, reading: Promise<void>): Promise<void> {
    this.#busy.add(poll);
    try {
      await reading;
      this.#failed.delete(poll);
    } catch (thrown) {
      this.#fail(poll, thrown);
    } finally {
      this.#busy.delete(poll);
    }
  }

  #fail(poll: Poll, thrown: unknown): void {
    const why = whyOf(thrown).en;
    if (this.#failed.get(poll) === why) return;
    this.#failed.set(poll, why);
    this.#log(`facts could not be read: ${why}`);
  }
}
