import { describe, expect, test } from 'vitest';
import {
  type Edit,
  edit,
  editText,
  insert,
  LONGEST,
  moveCursor,
  remove,
  visible,
} from '../../src/tui/edit.ts';

const cursorAt = (text: string, at: number): Edit => ({ ...edit(text), at });

describe('editing a line', () => {
  test('text goes in at the cursor', () => {
    const next = insert(cursorAt('ac', 1), 'b');
    expect(editText(next)).toBe('abc');
    expect(next.at).toBe(2);
  });

  test('wide characters are one step each', () => {
    const line = moveCursor(edit('中文'), 'left');
    expect(line.at).toBe(1);
    expect(editText(remove(line, -1))).toBe('文');
    expect(editText(remove(line, 0))).toBe('中');
  });

  test('a character outside the basic plane is one step', () =>
    expect(editText(remove(edit('a😀'), -1))).toBe('a'));

  test('the cursor stays within the line', () => {
    expect(moveCursor(cursorAt('a', 0), 'left').at).toBe(0);
    expect(moveCursor(edit('a'), 'right').at).toBe(1);
    expect(moveCursor(edit('abc'), 'home').at).toBe(0);
    expect(moveCursor(cursorAt('abc', 1), 'end').at).toBe(3);
  });

  test('nothing is removed where nothing is', () => {
    expect(editText(remove(cursorAt('a', 0), -1))).toBe('a');
    expect(editText(remove(edit('a'), 0))).toBe('a');
  });

  test('control characters and line breaks are not typed', () =>
    expect(editText(insert(edit(''), 'a\n\x1b[31m\0b'))).toBe('a[31mb'));

  test('a megabyte is cut to what a field takes', () =>
    expect(insert(edit('x'), 'y'.repeat(1_000_000)).chars).toHaveLength(LONGEST));
});

describe('a line in a narrow field', () => {
  test('shows its end with room for the cursor', () =>
    expect(visible(edit('abcdef'), 4)).toEqual({ text: 'def', column: 3 }));
  test('shows its start when the cursor is there', () =>
    expect(visible(cursorAt('abcdef', 0), 4)).toEqual({ text: 'abcd', column: 0 }));
  test('counts wide characters as two', () =>
    expect(visible(edit('中文字'), 5)).toEqual({ text: '文字', column: 4 }));
});
