import { expect, test } from 'vitest';
import { GuestText } from '../../screens/vm/guest-text.ts';

const passed = (...pieces: string[]): string => {
  const text = new GuestText();
  return pieces.map((piece) => text.pass(Buffer.from(piece)).toString()).join('');
};
const PLAIN = 'a \x1b[1;31mred\x1b[m \x1b[2J\x1b[10;20H\x1b(0lqk\x1b(B 一\r\n';

test('text, colours and moves go through as they are, in any pieces', () => {
  expect(passed(PLAIN)).toBe(PLAIN);
  expect(passed('\x1b', '[1', 'm')).toBe('\x1b[1m');
  const text = new GuestText();
  const bytes = [...Buffer.from(PLAIN)].map((byte) => text.pass(Buffer.from([byte])));
  expect(Buffer.concat(bytes).toString()).toBe(PLAIN);
});

test('what sets up the terminal does not, and what follows it is there', () => {
  expect(passed('a\x1b]0;title\x07b')).toBe('ab');
  expect(passed('a\x1bP$q"p\x1b\\b')).toBe('ab');
  expect(passed('a\x1b^x\x1b\\b\x1b_y\x1b\\c')).toBe('abc');
  expect(passed('a\x1bcb')).toBe('ab');
  expect(passed('a\x1b]', '52;c;eA==', '\x07', 'b')).toBe('ab');
  // The kernel's console has colours without an end.
  expect(passed('a\x1b]P1ff0000b\x1b]Rc')).toBe('abc');
});

test('a string that never ends is let go of', () => {
  expect(passed(`a\x1b]${'x'.repeat(10_000)}b`)).toMatch(/^ax+b$/);
  expect(passed('a\x1b]0;title\x1b[1mb')).toBe('a\x1b[1mb');
});
