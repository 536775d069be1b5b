import { say } from '../api/words.ts';

/** What a key asked for and that is not there after this is said to be under way. */
const SAID_AFTER_MS = 300;

export const WORKING = say('working ...', '处理中 ...');

/** The key whose work has not come to an end, nor brought a page: the same one does not begin it a second time. */
export class UnderWay {
  #key: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param told it takes a moment, and it does no longer */
  begin(key: string, done: Promise<void>, told: (working: boolean) => void): void {
    this.end();
    const timer = setTimeout(() => told(true), SAID_AFTER_MS);
    this.#key = key;
    this.#timer = timer;
    void done.finally(() => {
      if (this.#timer !== timer) return;
      this.end();
      told(false);
    });
  }

  isOf(key: string): boolean {
    return this.#key === key;
  }

  /** Its page is there, or another one. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#key = undefined;
  }
}
