import { eastAsianWidth } from 'get-east-asian-width';

const NO_COLUMN = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const PRINTABLE_ASCII = /^[ -~]*$/;

/** Columns of one character: 0 for combining marks and control characters, 2 for wide ones, else 1. */
export function charWidth(char: string): 0 | 1 | 2 {
  const point = char.codePointAt(0) ?? 0;
  if (point < 0x300) return point < 32 || (point >= 0x7f && point < 0xa0) || point === 0xad ? 0 : 1;
  if (NO_COLUMN.test(char)) return 0;
  return eastAsianWidth(point);
}

/** Columns that a text takes on the screen. */
export function textWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let columns = 0;
  for (const char of text) columns += charWidth(char);
  return columns;
}

/** As much of the text, from its start, as fits into so many columns. A wide character is never cut in two. */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let used = 0;
  let kept = '';
  for (const char of text) {
    used += charWidth(char);
    if (used > columns) break;
    kept += char;
  }
  return kept;
}

/** The text within a width; what had to go is marked by `~` at its end. */
export const shorten = (text: string, width: number): string =>
  textWidth(text) <= width ? text : `${cutText(text, Math.max(0, width - 1))}${width > 0 ? '~' : ''}`;
