import { describe, expect, test } from 'vitest';
import {
  bar,
  capital,
  columns,
  fitLine,
  fitText,
  join,
  line,
  lineWidth,
  span,
  textOf,
  wrapLine,
  wrapText,
} from '../../src/tui/text.ts';
import { charWidth, cutText, shorten, textWidth } from '../../src/tui/width.ts';

describe('width', () => {
  test.each([
    ['a', 1],
    ['é', 1],
    ['中', 2],
    ['，', 2],
    ['한', 2],
    ['Ａ', 2],
    ['😀', 2],
    ['𠀀', 2],
    ['\u0301', 0],
    ['\u200b', 0],
    ['\x1b', 0],
    ['\u009b', 0],
    ['─', 1],
    ['⣿', 1],
  ])('%j takes %i columns', (char, width) => expect(charWidth(char)).toBe(width));

  test('a text is as wide as its characters', () => expect(textWidth('ab 中文 é')).toBe(9));

  test('cutting never halves a wide character', () => {
    expect(cutText('中文', 3)).toBe('中');
    expect(cutText('a中', 2)).toBe('a');
    expect(cutText('abc', 0)).toBe('');
  });

  test('what was cut off is marked', () => {
    expect(shorten('abcdef', 4)).toBe('abc~');
    expect(shorten('中文字', 4)).toBe('中~');
    expect(shorten('abcd', 4)).toBe('abcd');
    expect(shorten('abcd', 0)).toBe('');
  });
});

describe('rows', () => {
  test('a row is cut or filled to a width', () => {
    expect(fitLine([span('ab', 'good'), span('cd')], 3)).toEqual([span('ab', 'good'), span('~')]);
    expect(lineWidth(fitLine(line('中文'), 3))).toBe(3);
    expect(textOf([fitLine(line('a'), 3)])).toBe('a');
    expect(lineWidth(fitLine([], 3))).toBe(3);
    expect(fitText('中', 3)).toBe('中 ');
  });

  test('a span after one that was cut does not come back', () =>
    expect(textOf([fitLine([span('中文'), span('x')], 3)])).toBe('中~'));

  test('blanks that go are no loss and get no sign', () => {
    expect(textOf([fitLine([span('abc  '), span('  ')], 3)])).toBe('abc');
    expect(fitText('abc   ', 3)).toBe('abc');
    expect(fitText('abcd', 3)).toBe('ab~');
  });

  test('a long row is wrapped with its tones, moved in from the second row on', () => {
    const row = [span('name  ', 'label'), span('one two three', 'warn')];
    const rows = wrapLine(row, 14, 6);
    expect(textOf(rows)).toBe('name  one two\n      three');
    expect(rows[1]?.at(-1)).toEqual(span('three', 'warn'));
    expect(textOf(wrapLine(line('中文 abcdefgh'), 6, 2))).toBe('中文\n  abcd\n  efgh');
  });

  test('a row that fits is left as it is', () => {
    const row = [span('ab'), span('cd')];
    expect(wrapLine(row, 4)).toEqual([row]);
  });

  test('columns stand side by side, as high as the highest', () => {
    const left = { lines: [line('a'), line('b')], width: 3 };
    const right = { lines: [line('c')], width: 2 };
    expect(textOf(columns([left, right], 1))).toBe('a   c\nb');
  });

  test('join leaves empty rows out', () =>
    expect(textOf([join([line('a'), [], line('b')], ', ')])).toBe('a, b'));

  test('a bar keeps within its width', () => {
    expect(textOf([bar(0.17, 12)])).toBe('[##........]');
    expect(textOf([bar(7, 6)])).toBe('[####]');
    expect(textOf([bar(-1, 6)])).toBe('[....]');
  });
});

describe('wrapping', () => {
  test('breaks at spaces', () => expect(wrapText('one two three', 8)).toEqual(['one two', 'three']));
  test('breaks a word that is too long', () => expect(wrapText('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']));
  test('breaks Chinese anywhere', () =>
    expect(wrapText('删除前一个字符', 6)).toEqual(['删除前', '一个字', '符']));
  test('keeps line breaks and empty rows', () => expect(wrapText('a\n\nb', 9)).toEqual(['a', '', 'b']));
  test('keeps a space at a break from the row', () => expect(wrapText('ab cd', 2)).toEqual(['ab', 'cd']));
  test('no width at all still ends', () => expect(wrapText('ab', 0)).toEqual(['a', 'b']));
});

test.each([
  ['change the password', 'Change the password'],
  ['bonds', 'Bonds'],
  ['root 密码', 'root 密码'],
  ['eth0', 'eth0'],
  ['zs-node is starting', 'zs-node is starting'],
  ['数据库', '数据库'],
])('a row begins with a capital letter, a name stays as it is: %s', (text, begun) =>
  expect(capital(text)).toBe(begun),
);
