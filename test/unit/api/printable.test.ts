import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { printable, printableJson, printableLines } from '../../../src/api/printable.ts';

/** One of each kind: escape and bell, a second-range CSI, separators, turned direction, half a surrogate, tab. */
const WILD = 'a\x1b]52;c;eA==\x07b\u009b2Jc\u2028d\u202ee\ud800f\tg';
/** Whatever a terminal could obey, by the classes of Unicode. */
const OBEYED = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_C}]/u;

test('a line shows everything and steers nothing', () => {
  expect(printable(WILD)).toBe('a?]52;c;eA==?b?2Jc?d?e?f g');
  expect(printable('one\ntwo\r\n')).toBe('one?two??');
  expect(printable('没有时区 Köln 😀')).toBe('没有时区 Köln 😀');
});

test('every character of the lower planes: none is left that a terminal obeys, all others stay', () => {
  for (let point = 0; point < 0x20000; point += 1) {
    const char = String.fromCodePoint(point);
    const kept = char === '\t' ? ' ' : OBEYED.test(char) ? '?' : char;
    if (printable(char) !== kept) expect.fail(`U+${point.toString(16)}`);
  }
});

test('lines stay apart', () => expect(printableLines('a\x1b[1m\nb\r\nc')).toBe('a?[1m\nb\nc'));

test('JSON says the same in characters that show', () => {
  const value = { name: WILD, list: ['\u007f\u0085'] };
  const text = printableJson(value);
  expect(text).not.toMatch(OBEYED);
  expect(JSON.parse(text)).toEqual(value);
});

test('the scripts print in one place alone', () => {
  const folder = join(import.meta.dirname, '../../../src/cli');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const printing = files.filter((name) =>
    /\bstd(?:out|err)\.write|(?<![\w-])console\.\w/.test(readFileSync(join(folder, name), 'utf8')),
  );
  expect(printing.sort()).toEqual([
    // A guest's own line, joined with the terminal as it is.
    'attach.ts',
    // A password's question and its line break go to the terminal that it is read from.
    'password.ts',
    'print.ts',
    // Names of our own definitions, beside the line that is being typed.
    'zstack-cli/shell/ask-line.ts',
    // A row at a time, of a text that has been made printable as a whole.
    'zstack-cli/shell/page.ts',
  ]);
});
