import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { KeyReader } from '../../src/tui/input.ts';
import type { Key } from '../../src/tui/keys.ts';

let keys: Key[];
let reader: KeyReader;

beforeEach(() => {
  vi.useFakeTimers();
  keys = [];
  reader = new KeyReader((key) => keys.push(key));
});

afterEach(() => {
  reader.close();
  vi.useRealTimers();
});

const names = () => keys.map(({ name }) => name);
const feed = (text: string) => reader.feed(Buffer.from(text));
const feedBytewise = (text: string, pauseMs = 2) => {
  for (const byte of Buffer.from(text)) {
    reader.feed(Buffer.from([byte]));
    vi.advanceTimersByTime(pauseMs);
  }
};

const SEQUENCES: [string, string][] = [
  ['\x1b[[B', 'f2'],
  ['\x1bOQ', 'f2'],
  ['\x1b[12~', 'f2'],
  ['\x1b2', 'f2'],
  ['\x1b[24~', 'f12'],
  ['\x1b@', 'f12'],
  ['\x1b!', 'f11'],
  ['\x1b[15~', 'f5'],
  ['\x1b[[E', 'f5'],
  ['\x1b[A', 'up'],
  ['\x1bOA', 'up'],
  ['\x1b[1;5A', 'C-up'],
  ['\x1b[Z', 'S-tab'],
  ['\x1b[5~', 'pageup'],
  ['\x1b[1~', 'home'],
  ['\x1bOH', 'home'],
  ['\x1b[3~', 'delete'],
  ['\x1bOM', 'enter'],
  ['\x1bx', 'M-x'],
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\r\n', 'enter'],
  ['\x7f', 'backspace'],
  ['\b', 'backspace'],
  ['\x03', 'C-c'],
  ['\x1c', 'C-\\'],
  [' ', 'space'],
  ['é', 'é'],
  ['中', '中'],
  ['😀', '😀'],
];

describe('keys', () => {
  test.each(SEQUENCES)('%j is %s', (bytes, name) => {
    feed(bytes);
    expect(names()).toEqual([name]);
  });

  test.each(SEQUENCES.filter(([bytes]) => bytes !== '\r\n'))('%j byte by byte is %s', (bytes, name) => {
    feedBytewise(bytes, 50);
    expect(names()).toEqual([name]);
  });

  test('the keypad in application mode types digits', () => {
    feed('\x1bOp\x1bOy');
    expect(keys).toEqual([
      { name: '0', text: '0' },
      { name: '9', text: '9' },
    ]);
  });

  test('a lone ESC is the Esc key after 60 ms, not before', () => {
    feed('\x1b');
    vi.advanceTimersByTime(59);
    expect(keys).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(names()).toEqual(['escape']);
  });

  test('ESC before another sequence is the Esc key', () => {
    feed('\x1b\x1b[A');
    expect(names()).toEqual(['escape', 'up']);
  });

  test('a sequence cut short is dropped, and what follows is read', () => {
    feed('\x1b[1;');
    vi.advanceTimersByTime(61);
    feed('k');
    expect(names()).toEqual(['k']);
  });

  test('answers of the terminal are no keys', () => {
    feed('\x1b]11;rgb:0000/0000/0000\x07\x1b[?62;c\x1bP1$r0m\x1b\\\x1b[I\x1b[<0;1;1Ma');
    expect(names()).toEqual(['a']);
  });

  test('a string that never ends does not swallow the keys after it', () => {
    feed(`\x1b]${'x'.repeat(200)}`);
    vi.advanceTimersByTime(100);
    feed('\r');
    expect(names().at(-1)).toBe('enter');
  });

  test('invalid UTF-8 types nothing', () => {
    reader.feed(Buffer.from([0xff, 0xc3, 0x28, 0x61]));
    expect(names()).toEqual(['(', 'a']);
  });
});

describe('paste', () => {
  test('comes as one piece, line breaks and escapes in it', () => {
    feed('\x1b[200~rm -rf /\ny\x1b[A\x1b[201~k');
    expect(keys).toEqual([
      { name: 'paste', text: 'rm -rf /\ny\x1b[A' },
      { name: 'k', text: 'k' },
    ]);
  });

  test('byte by byte as well', () => {
    feedBytewise('\x1b[200~ab\x1b[201~c', 1);
    expect(keys).toEqual([
      { name: 'paste', text: 'ab' },
      { name: 'c', text: 'c' },
    ]);
  });

  test('whose end never comes is over after a second', () => {
    feed('\x1b[200~ab');
    vi.advanceTimersByTime(1001);
    feed('c');
    expect(names()).toEqual(['paste', 'c']);
  });

  test('of a megabyte keeps 64 KiB', () => {
    const bytes = Buffer.alloc(1_000_000, 'x');
    feed('\x1b[200~');
    for (let at = 0; at < bytes.length; at += 65_536) reader.feed(bytes.subarray(at, at + 65_536));
    feed('\x1b[201~');
    expect(keys).toHaveLength(1);
    expect(keys[0]?.text).toHaveLength(65_536);
  });

  test('of a megabyte without marks is a key a character, in linear time', () => {
    const start = process.hrtime.bigint();
    const bytes = Buffer.alloc(1_000_000, 'x');
    for (let at = 0; at < bytes.length; at += 65_536) reader.feed(bytes.subarray(at, at + 65_536));
    expect(keys).toHaveLength(1_000_000);
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(20_000);
  });
});
