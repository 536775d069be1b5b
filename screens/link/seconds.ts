/** The controller is heard once a second, a little after the whole one: a whole one that finds it silent for longer tells. */
const SILENT_MILLISECONDS = 1500;
const SECOND = 1000;

/** One timer for the clock that is shown and for the watch over the controller, so that an idle console wakes for little. */
export class Seconds {
  readonly #second: () => void;
  readonly #silent: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** Monotonic; undefined: nothing is expected, or its silence has been told. */
  #heard: number | undefined;

  /** @param second called at every whole second of the wall clock @param silent called once when what was heard is silent */
  constructor(second: () => void, silent: () => void) {
    this.#second = second;
    this.#silent = silent;
  }

  start(): void {
    this.#timer = setTimeout(() => this.#due(), SECOND - (Date.now() % SECOND));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** From now on it must be heard again, every second. */
  heard(): void {
    this.#heard = performance.now();
  }

  expectNothing(): void {
    this.#heard = undefined;
  }

  #due(): void {
    this.start();
    // This program itself may have been held up: what came meanwhile is taken in before the verdict.
    if (this.#isSilent) setImmediate(() => this.#tell());
    this.#second();
  }

  get #isSilent(): boolean {
    return this.#heard !== undefined && performance.now() - this.#heard > SILENT_MILLISECONDS;
  }

  #tell(): void {
    if (!this.#isSilent) return;
    this.#heard = undefined;
    this.#silent();
  }
}
