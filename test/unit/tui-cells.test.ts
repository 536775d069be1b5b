import { describe, expect, test } from 'vitest';
import type { Cell, Row } from '../../src/tui/blessed.ts';
import { bridgeGaps, SECOND_HALF, settleWide, writeText } from '../../src/tui/cells.ts';
import { abilityOf, terminalOf } from '../../src/tui/terminals.ts';

const rowOf = (text: string, attribute = 0): Row =>
  Object.assign(
    [...text].map((char): Cell => [attribute, char === '_' ? SECOND_HALF : char]),
    { dirty: true },
  );
const charsOf = (row: Row) => row.map(([, char]) => (char === SECOND_HALF ? '_' : char)).join('');

const abilityIn = (term: string, env: NodeJS.ProcessEnv) => {
  const terminal = terminalOf(term);
  if (terminal === undefined) throw new Error(`${term} is not known`);
  return abilityOf(terminal, env);
};
const FULL = abilityIn('xterm', { LANG: 'C.UTF-8' });
const KERNEL = abilityIn('linux', {});
const SERIAL = abilityIn('vt100', {});

describe('writing text', () => {
  const written = (text: string, ability = FULL, width = 8) => {
    const row = rowOf('.'.repeat(width));
    const end = writeText(row, 0, width, text, 0, ability);
    return `${charsOf(row)} ${end}`;
  };

  test('a wide character takes two cells', () => expect(written('a中b')).toBe('a中_b.... 4'));
  test('a wide character that is not whole at the edge is left out', () =>
    expect(written('abc中', FULL, 4)).toBe('abc. 3'));
  test('what the terminal cannot draw is question marks of the same width', () => {
    expect(written('é中─▁', KERNEL)).toBe('é??─?... 5');
    expect(written('é中─', SERIAL)).toBe('???─.... 4');
  });
  test('a composed character is one', () => expect(written('e\u0301x')).toBe('éx...... 2'));
  test('control characters never reach a cell', () => expect(written('\x1b[m\x07')).toBe('?[m?.... 4'));
});

describe('wide characters', () => {
  const settled = (now: string, before: string) => {
    const row = rowOf(now);
    const old = rowOf(before);
    settleWide(row, old);
    return [charsOf(row), old.map(([, char]) => (char === '\0' ? '!' : char || '_')).join('')];
  };

  test('one cut by a window becomes a space', () => {
    expect(settled('中│', 'ab')[0]).toBe(' │');
    expect(settled('│_b', 'abc')[0]).toBe('│ b');
    expect(settled('a中', 'abc')[0]).toBe('a ');
  });
  test('a new one is sent with both its cells', () => expect(settled('中_', '文_')[1]).toBe('文!'));
  test('one that stays is not sent again', () => expect(settled('中_x', '中_y')[1]).toBe('中_y'));
});

describe('short gaps', () => {
  const bridged = (now: Row, before: string) => {
    const old = rowOf(before);
    bridgeGaps(now, old);
    return old.map(([, char]) => (char === '\0' ? '!' : char)).join('');
  };

  test('are sent again', () => expect(bridged(rowOf('ab cd'), 'xx xx')).toBe('xx!xx'));
  test('are jumped over when long', () => expect(bridged(rowOf('a    b'), 'x    x')).toBe('x    x'));
  test('are jumped over when they look different', () => {
    const row = rowOf('a b');
    row[1] = [7, ' '];
    const old = rowOf('x x');
    old[1] = [7, ' '];
    bridgeGaps(row, old);
    expect(old[1]).toEqual([7, ' ']);
  });
});
