import { printableJson } from '../../../api/printable.ts';
import { print, tell } from '../../print.ts';
import { call } from '../call.ts';
import type { Place } from '../session.ts';
import { askLine } from './ask-line.ts';
import { BUILT_IN } from './builtins.ts';
import { earlierLines, keepLine, withoutSecrets } from './history.ts';
import { isLong, page } from './page.ts';
import { wordsOf } from './split.ts';

const LEAVE = ['exit', 'quit'];

/** Reads calls from the terminal, line by line, until it is left. */
export class Shell {
  readonly #place: Place;
  readonly #say: (thrown: unknown) => void;
  readonly #idle: number | undefined;
  readonly #history = earlierLines();
  #last: string | undefined;

  /**
   * @param say tells what went wrong with a line
   * @param idle milliseconds without a key after which it is left by itself; absent: never
   */
  constructor(place: Place, say: (thrown: unknown) => void, idle?: number) {
    this.#place = place;
    this.#say = say;
    this.#idle = idle;
  }

  async run(): Promise<void> {
    tell('help tells what there is; Tab completes; exit leaves');
    for (let begun = ''; ; ) {
      const typed = await askLine('>>> ', this.#history, begun, this.#idle);
      if (typed === undefined || !(await this.#lines(typed.lines))) return;
      begun = typed.begun;
    }
  }

  /** False where one of them leaves. */
  async #lines(lines: readonly string[]): Promise<boolean> {
    for (const line of lines.map((each) => each.trim())) {
      if (LEAVE.includes(line)) return false;
      if (line === '') continue;
      this.#keep(withoutSecrets(line));
      await this.#line(line).catch(this.#say);
    }
    return true;
  }

  #keep(line: string): void {
    if (this.#history[0] !== line) this.#history.unshift(line);
    keepLine(line);
  }

  async #line(line: string): Promise<void> {
    const [name = '', ...words] = wordsOf(line);
    const builtin = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
    if (builtin !== undefined) return builtin({ history: this.#history, last: this.#last }, words);
    const told = await interruptible((signal) => call(this.#place, name, words, undefined, signal));
    this.#last = printableJson(told, 4);
    if (isLong(this.#last)) await page(this.#last);
    else print(this.#last);
    if (told.error !== undefined) tell(`${told.error.code}: ${told.error.details}`);
  }
}

/** Ctrl+C ends the waiting, not the shell. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const end = () => stop.abort();
  process.once('SIGINT', end);
  try {
    return await work(stop.signal);
  } finally {
    process.off('SIGINT', end);
  }
}
