import { printable } from '../api/printable.ts';
import type { Row } from './blessed.ts';
import type { Ability } from './terminals.ts';
import type { Attribute } from './theme.ts';
import { charWidth } from './width.ts';

/** What stands in the second cell of a wide character. */
export const SECOND_HALF = '';

const BORDER = /[─│┌┐└┘├┤┬┴┼]/;
const asciiBorder = (char: string): string => (char === '─' ? '-' : char === '│' ? '|' : '+');
const LATIN = /[\u00a1-\u00ac\u00ae-\u00ff]/;

/** What is drawn for a character beyond ASCII. */
function shownFor(char: string, ability: Ability): string {
  if (ability.plain && BORDER.test(char)) return asciiBorder(char);
  return drawable(char, ability) ? char : '?';
}

/** Whether the terminal can draw a character beyond ASCII. */
function drawable(char: string, { unicode, full }: Ability): boolean {
  if (full || BORDER.test(char)) return true;
  return unicode && LATIN.test(char);
}

function setCell(row: Row, column: number, attribute: Attribute, char: string): void {
  const cell = row[column];
  if (cell === undefined || (cell[0] === attribute && cell[1] === char)) return;
  cell[0] = attribute;
  cell[1] = char;
  row.dirty = true;
}

/** Writes a text into a row of cells, up to `end` (exclusive). Answers the column after it. */
export function writeText(
  row: Row,
  start: number,
  end: number,
  text: string,
  attribute: Attribute,
  ability: Ability,
): number {
  let column = start;
  for (const char of printable(text.normalize('NFC'))) {
    const width = charWidth(char);
    if (width === 0) continue;
    if (column + width > end) break;
    const shown = char <= '~' ? char : shownFor(char, ability);
    setCell(row, column, attribute, shown);
    if (width === 2) setCell(row, column + 1, attribute, shown === char ? SECOND_HALF : '?');
    column += width;
  }
  return column;
}

export function fillRow(row: Row, start: number, end: number, attribute: Attribute): void {
  for (let column = start; column < end; column++) setCell(row, column, attribute, ' ');
}

/**
 * Makes wide characters come out whole. One whose half lies under a window becomes a space. One that changes is
 * sent with both its cells: otherwise the renderer, which knows only narrow ones, would count the columns wrong.
 */
export function settleWide(row: Row, before: Row): void {
  if (!row.dirty) return;
  for (let column = 0; column < row.length; column++) {
    const cell = row[column];
    const next = row[column + 1];
    if (cell === undefined) continue;
    if (cell[1] === SECOND_HALF) {
      cell[1] = ' ';
      continue;
    }
    if (cell[1] <= '~' || charWidth(cell[1]) !== 2) continue;
    if (next?.[1] !== SECOND_HALF) {
      cell[1] = ' ';
      continue;
    }
    const old = before[column];
    const oldNext = before[column + 1];
    if (oldNext !== undefined && (old?.[0] !== cell[0] || old[1] !== cell[1])) oldNext[1] = '\0';
    column++;
  }
}

/** Moving over unchanged cells costs about four bytes. */
const JUMP_BYTES = 4;

/**
 * Sends short stretches of unchanged cells again where jumping over them would cost more: most of a screen's text is
 * parted by single spaces. Only where that changes no attribute.
 */
export function bridgeGaps(row: Row, before: Row): void {
  if (!row.dirty) return;
  let last = -1;
  for (let column = 0; column < row.length; column++) {
    const cell = row[column];
    const old = before[column];
    if (cell === undefined || old === undefined || (cell[0] === old[0] && cell[1] === old[1])) continue;
    const gap = column - last - 1;
    if (last >= 0 && gap > 0 && gap < JUMP_BYTES) bridge(row, before, last, column);
    last = column;
  }
}

function bridge(row: Row, before: Row, from: number, to: number): void {
  const between = row.slice(from + 1, to);
  const cheap = (attribute: Attribute | undefined) =>
    between.every(([own, char]) => own === attribute && char !== SECOND_HALF && char <= '~');
  if (!cheap(row[from]?.[0]) && !cheap(row[to]?.[0])) return;
  for (const old of before.slice(from + 1, to)) old[1] = '\0';
}
