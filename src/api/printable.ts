/**
 * What a terminal obeys instead of showing it: control characters of both ranges, half surrogates, line and paragraph
 * separators, and what turns the direction of the text behind it.
 */
const OBEYED = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const PLAIN = /^[ -~]*$/;

/** One line that only shows: texts of other programs, names and logs must not steer the terminal. */
export const printable = (text: string): string =>
  PLAIN.test(text) ? text : text.replace(/\t/g, ' ').replace(OBEYED, '?');

/** The same for a text of several lines, which stay apart. */
export const printableLines = (text: string): string => text.split(/\r?\n/).map(printable).join('\n');

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * JSON with the same value for whoever parses it and nothing in it that a terminal obeys: in one line, or indented by
 * so many blanks.
 */
export const printableJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent)
    .split('\n')
    .map((line) => line.replace(OBEYED, escaped))
    .join('\n');
