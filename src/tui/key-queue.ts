import type { Key } from './keys.ts';

/** Keys are worked through for so long before the picture and the rest of the program get their turn. */
const KEYS_MS = 15;
/** Keys typed ahead of the page that a key asked for are held for it so long. */
const AHEAD_MS = 2000;

export interface KeyQueueOptions {
  /** Where the keys come from: it waits while there are more than can be worked through. */
  input: { pause(): unknown; resume(): unknown };
  /** Does what the key at this place asks for. Answers how many keys that took. */
  press(keys: readonly Key[], at: number): number;
  /** What the keys of one turn did is to be seen. */
  worked(): void;
}

/** Keys in the order in which they were typed, worked through in short turns. */
export class KeyQueue {
  readonly #options: KeyQueueOptions;
  #keys: Key[] = [];
  #working = false;
  #ended = false;
  /** Set while keys are held for a page that is to come. */
  #ahead: NodeJS.Timeout | undefined;

  constructor(options: KeyQueueOptions) {
    this.#options = options;
  }

  /** A turn is under way, or begins with the next one of the event loop. */
  get working(): boolean {
    return this.#working;
  }

  push(key: Key): void {
    this.#keys.push(key);
    if (this.#ahead !== undefined) this.#options.input.pause();
    else this.#begin();
  }

  /** Keys from now on are for what is there when it has settled, not for the page that is still seen. */
  hold(done: Promise<void>): void {
    const ahead = setTimeout(() => this.release(), AHEAD_MS);
    this.#ahead = ahead;
    void done.finally(() => this.#ahead === ahead && this.release());
  }

  /** What keys were held for is there. */
  release(): void {
    if (this.#ahead === undefined) return;
    clearTimeout(this.#ahead);
    this.#ahead = undefined;
    this.#begin();
  }

  /** No key does anything any more. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#ahead);
  }

  #begin(): void {
    if (this.#working || this.#ended) return;
    this.#working = true;
    setImmediate(() => this.#work());
  }

  /** Keys first, then one picture of what they did. */
  #work(): void {
    const { input, press, worked } = this.#options;
    const until = performance.now() + KEYS_MS;
    let done = 0;
    const goesOn = () => performance.now() < until && !this.#ended && this.#ahead === undefined;
    while (done < this.#keys.length && goesOn()) {
      done += press(this.#keys, done);
    }
    this.#keys = this.#ended ? [] : this.#keys.slice(done);
    worked();
    this.#working = this.#keys.length > 0 && this.#ahead === undefined;
    if (this.#ended) return;
    if (this.#working) {
      input.pause();
      setImmediate(() => this.#work());
    } else input.resume();
  }
}
