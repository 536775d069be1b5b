import { type Line, wrapLine } from './text.ts';

/** Rows that come one by one and are shown wrapped: each is wrapped once a width. */
export class Wrapped {
  readonly #most: number;
  readonly #indent: number;
  #lines: Line[] = [];
  #rows: Line[] = [];
  #columns = 0;

  /** @param most the oldest beyond so many go @param indent columns before the second row of one and those after it */
  constructor(most: number, indent: number) {
    this.#most = most;
    this.#indent = indent;
  }

  add(lines: readonly Line[]): void {
    this.#lines.push(...lines);
    if (this.#lines.length <= this.#most) this.#rows.push(...this.#wrap(lines));
    else {
      this.#lines = this.#lines.slice(-this.#most);
      this.#columns = 0;
    }
  }

  rows(columns: number): readonly Line[] {
    if (columns !== this.#columns) {
      this.#columns = columns;
      this.#rows = this.#wrap(this.#lines);
    }
    return this.#rows;
  }

  #wrap(lines: readonly Line[]): Line[] {
    return this.#columns === 0 ? [] : lines.flatMap((row) => wrapLine(row, this.#columns, this.#indent));
  }
}
