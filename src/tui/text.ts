import { charWidth, cutText, shorten, textWidth } from './width.ts';

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

/** Cuts at the width, with `~` where something had to go, or fills with spaces up to it. */
export function fitLine(row: Line, width: number): Line {
  const fits = lineWidth(row) <= width;
  const kept = fits ? row : cutLine(withoutBlankEnd(row), width);
  const left = width - lineWidth(kept);
  return left > 0 ? [...kept, span(' '.repeat(left))] : kept;
}

function cutLine(row: Line, width: number): Line {
  if (lineWidth(row) <= width) return row;
  const kept: Span[] = [];
  let left = width - 1;
  for (const part of row) {
    const text = cutText(part.text, left);
    left -= textWidth(text);
    if (text !== part.text) return [...kept, { ...part, text: width > 0 ? `${text}~` : '' }];
    kept.push(part);
  }
  return kept;
}

/** Blanks that go are no loss. */
function withoutBlankEnd(row: Line): Line {
  const last = row.findLastIndex(({ text }) => text.trim() !== '');
  return row
    .slice(0, last + 1)
    .map((part, at) => (at < last ? part : { ...part, text: part.text.trimEnd() }));
}

/** `fitLine` for a bare text. */
export function fitText(text: string, width: number): string {
  const kept = shorten(text.trimEnd(), width);
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

/** A row as several of at most `width` columns, those after the first moved in by `indent`; tones stay with their text. */
export function wrapLine(row: Line, width: number, indent = 0): Line[] {
  if (lineWidth(row) <= width) return [row];
  const room = Math.max(1, width - indent);
  const rows: Span[][] = [[]];
  let left = width;
  for (const { text, tone } of withoutBlankEnd(row))
    for (const word of wordsOf(text).flatMap((one) => pieces(one, room))) {
      let begun = rows.at(-1)?.some((part) => part.text.trim() !== '') ?? false;
      if (begun && textWidth(word.trimEnd()) > left) {
        rows.push(indent > 0 ? [span(' '.repeat(indent))] : []);
        left = room;
        begun = false;
      }
      if (!begun && rows.length > 1 && word.trim() === '') continue;
      rows.at(-1)?.push(span(word, tone));
      left -= textWidth(word);
    }
  return rows.map((parts) => merged(withoutBlankEnd(parts)));
}

/** Neighbours of one tone as one span. */
function merged(row: Line): Line {
  const spans: Span[] = [];
  for (const part of row) {
    const last = spans.at(-1);
    if (last?.tone === part.tone) spans[spans.length - 1] = span(last.text + part.text, part.tone);
    else spans.push(part);
  }
  return spans;
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

/**
 * English words as they stand at the beginning of a row. A name (`eth0`, `zs-node`) keeps its letters, and so does one
 * that stands before Chinese words (`root 密码`).
 */
export const capital = (text: string): string =>
  text.replace(/^[a-z](?=[a-z]*( (?!\p{Script=Han})|[:,.]|$))/u, (letter) => letter.toUpperCase());
