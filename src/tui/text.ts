import { charWidth, cutText, textWidth } from './width.ts';

export { shorten, textWidth } from './width.ts';

/**
 * How a piece of text is meant, never how it looks: the theme turns a tone into colour and attributes, and in mono
 * into attributes alone. A tone is never the only sign of a state: the words say it too.
 */
export type Tone =
  | 'plain'
  | 'title'
  | 'label'
  | 'dim'
  | 'good'
  | 'warn'
  | 'bad'
  | 'danger'
  | 'selected'
  | 'key'
  | 'field'
  | 'bar';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One row of the screen, left to right. */
export type Line = readonly Span[];

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone });

/** A row of one tone. */
export const line = (text: string, tone: Tone = 'plain'): Line => [span(text, tone)];

export const lineWidth = (row: Line): number => row.reduce((sum, part) => sum + textWidth(part.text), 0);

/** Cuts at the width, or fills with spaces up to it. */
export function fitLine(row: Line, width: number): Line {
  const kept: Span[] = [];
  let left = width;
  for (const part of row) {
    const text = cutText(part.text, left);
    left -= textWidth(text);
    kept.push({ ...part, text });
    if (text !== part.text) break;
  }
  return left > 0 ? [...kept, span(' '.repeat(left))] : kept;
}

/** `fitLine` for a bare text. */
export function fitText(text: string, width: number): string {
  const kept = cutText(text, width);
  return kept + ' '.repeat(Math.max(0, width - textWidth(kept)));
}

/** All spans in one tone: for a selected row. */
export const toned = (row: Line, tone: Tone): Line => row.map((part) => span(part.text, tone));

/** Puts rows side by side in columns of the given widths, `gap` blank columns between them; as many rows as the longest has. */
export function columns(parts: readonly { lines: readonly Line[]; width: number }[], gap = 1): Line[] {
  const height = Math.max(0, ...parts.map((part) => part.lines.length));
  const rowOf = (row: number): Line =>
    parts.flatMap((part, index) => [
      ...(index > 0 && gap > 0 ? [span(' '.repeat(gap))] : []),
      ...fitLine(part.lines[row] ?? [], part.width),
    ]);
  return Array.from({ length: height }, (_, row) => rowOf(row));
}

/** Several rows as one, with a separator between those that are not empty. */
export const join = (rows: readonly Line[], separator = ' '): Line =>
  rows.filter((row) => row.length > 0).flatMap((row, index) => (index > 0 ? [span(separator), ...row] : row));

/** One word with the space after it; wide characters may be parted anywhere, as Chinese has no spaces. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let word = '';
  for (const char of text) {
    const wide = charWidth(char) === 2;
    if (wide && word !== '') words.push(word);
    word = wide ? '' : word + char;
    if (wide) words.push(char);
    else if (char === ' ') {
      words.push(word);
      word = '';
    }
  }
  return word === '' ? words : [...words, word];
}

/** A word longer than a row, in pieces that fit. */
function pieces(word: string, width: number): string[] {
  const parts: string[] = [];
  for (let rest = word; rest !== ''; ) {
    const part = cutText(rest, width) || ([...rest][0] ?? '');
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return parts;
}

/** The text as rows of at most `width` columns, broken at spaces (and at its own line breaks). */
export function wrapText(text: string, width: number): string[] {
  const rows: string[] = [];
  for (const paragraph of text.split('\n')) {
    let row = '';
    for (const word of wordsOf(paragraph).flatMap((word) => pieces(word, Math.max(1, width)))) {
      if (row !== '' && textWidth(row) + textWidth(word.trimEnd()) > width) {
        rows.push(row.trimEnd());
        row = '';
      }
      row += word;
    }
    rows.push(row.trimEnd());
  }
  return rows;
}

/** `wrapText` in one tone. */
export const wrap = (text: string, width: number, tone: Tone = 'plain'): Line[] =>
  wrapText(text, width).map((row) => line(row, tone));

/** A bar of `width` columns in ASCII, such as `[##........]`. @param fraction 0 to 1; outside of it is cut. */
export function bar(fraction: number, width: number, tone: Tone = 'bar'): Line {
  const room = Math.max(0, width - 2);
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * room);
  return [span('['), span('#'.repeat(full), tone), span('.'.repeat(room - full), 'dim'), span(']')];
}

/** The rows as plain text without trailing spaces: what golden tests compare. */
export const textOf = (rows: readonly Line[]): string =>
  rows
    .map((row) =>
      row
        .map((part) => part.text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
