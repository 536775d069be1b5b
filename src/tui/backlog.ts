import type { Cell, Row } from './blessed.ts';

const same = (cell: Cell, shown: Cell | undefined): boolean =>
  shown !== undefined && cell[0] === shown[0] && cell[1] === shown[1];

/** About what an escape sequence costs: a move to the row, or another attribute. */
const SEQUENCE_BYTES = 8;

/** About how many bytes it takes to make a row that is shown into what it should be; 0 when it is that. */
export function costOf(row: Row, shown: Row): number {
  let cost = 0;
  let attribute: number | undefined;
  row.forEach((cell, column) => {
    if (same(cell, shown[column])) return;
    cost += cell[1] > '~' ? 3 : 1;
    if (cell[0] !== attribute) cost += SEQUENCE_BYTES;
    attribute = cell[0];
  });
  return cost;
}

/**
 * What of a picture has not been sent yet: a slow line gets it in pieces, the newest state of each. Rows that a key
 * changed go first, those of the last key before all others; then from the top.
 */
export class Backlog {
  readonly #asked = new Map<number, number>();
  #frames = 0;

  /** To be called for every frame once it stands in the rows: those that it changed are dirty. @param byKey a key asked for it */
  note(rows: readonly Row[], byKey: boolean): void {
    this.#frames++;
    if (!byKey) return;
    rows.forEach((row, index) => {
      if (row.dirty) this.#asked.set(index, this.#frames);
    });
  }

  /** Rows still to be sent, as indexes with their cost, in their order. */
  rows(rows: readonly Row[], shown: readonly Row[]): { index: number; cost: number }[] {
    const open = rows
      .map((row, index) => ({ index, cost: costOf(row, shown[index] ?? row) }))
      .filter(({ cost }) => cost > 0);
    for (const index of this.#asked.keys())
      if (!open.some((row) => row.index === index)) this.#asked.delete(index);
    const asked = (index: number) => this.#asked.get(index) ?? 0;
    return open.sort((a, b) => asked(b.index) - asked(a.index) || a.index - b.index);
  }
}
