import type { Key } from './keys.ts';
import type { Binding, Page } from './page.ts';

/**
 * What a flight recorder gets to write down, without secrets: of keys into a secret field only that there were some,
 * and of the picture any row of stars at one length. Rows are what stood on the screen, by their number from 0.
 */
export type FlightEvent =
  | { readonly key: string }
  | { readonly text: string }
  | { readonly secret: true }
  | {
      readonly rows: Readonly<Record<number, string>>;
      readonly columns: number;
      /** Present: all other rows are empty. */
      readonly whole?: true;
    };

const LONGEST_TEXT = 64;
/** Pictures that no key asked for: so often over the lowest page, and with another page open. */
const CALM_MS = 60_000;
const WATCHED_MS = 5_000;
/** After so many pictures one is noted whole, so that what is left of a recording can be understood. */
const WHOLE_EVERY = 200;

/** Notes keys and pictures of a stage. */
export class Flight {
  readonly #note: (event: FlightEvent) => void;
  #rows: readonly string[] = [];
  #columns = 0;
  #pictures = 0;
  #at = Number.NEGATIVE_INFINITY;
  #changed = false;
  #secretAsked = false;
  #inSecret = false;

  constructor(note: (event: FlightEvent) => void) {
    this.#note = note;
  }

  /** A page came or went: its picture counts, and what is typed goes elsewhere. */
  pagesChanged(): void {
    this.#changed = true;
    this.#secretAsked = false;
  }

  /** @param binding what the key does; undefined: it is text for the page, or does nothing */
  pressed({ name, text }: Key, page: Page | undefined, binding: Binding | undefined): void {
    if (text !== undefined && this.#hidden(page)) this.#secret();
    else if (binding !== undefined) {
      this.#inSecret = false;
      this.#note({ key: name });
    }
    if (binding?.asksSecret) this.#secretAsked = true;
  }

  /** Text that the page took. */
  typed(text: string, page: Page | undefined): void {
    if (this.#hidden(page)) this.#secret();
    else this.#note({ text: text.slice(0, LONGEST_TEXT) });
  }

  /** @param depth pages that are open @param rows the whole picture, called when it is to be noted */
  drawn(byKey: boolean, depth: number, columns: number, rows: () => readonly string[]): void {
    const now = performance.now();
    const due = now - this.#at > (depth > 1 ? WATCHED_MS : CALM_MS);
    if (!byKey && !this.#changed && !due) return;
    this.#at = now;
    this.#changed = false;
    const shown = rows().map(masked);
    const whole = this.#pictures++ % WHOLE_EVERY === 0 || columns !== this.#columns;
    const before = whole ? [] : this.#rows;
    const differing = shown
      .map((row, index) => [index, row] as const)
      .filter(([index, row]) => row !== (before[index] ?? ''));
    this.#rows = shown;
    this.#columns = columns;
    if (!whole && differing.length === 0) return;
    this.#note({ rows: Object.fromEntries(differing), columns, ...(whole && { whole }) });
  }

  /** Between the key that asks for a password and its field, what is typed may be the password already. */
  #hidden(page: Page | undefined): boolean {
    return this.#secretAsked || (page?.secret?.() ?? false);
  }

  #secret(): void {
    if (!this.#inSecret) this.#note({ secret: true });
    this.#inSecret = true;
  }
}

/** Neither what is typed into a secret field nor how long it is can be seen. */
const masked = (row: string): string =>
  row.replace(/\*+ */g, (stars) => '***'.padEnd(stars.length)).trimEnd();
