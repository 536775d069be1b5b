/** A key as bindings name it, with the text it types when it is a printable one. Pasted text comes as one `paste`. */
export interface Key {
  readonly name: string;
  readonly text?: string;
}

const CSI_LETTERS: Record<string, string> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  Z: 'S-tab',
};

const CSI_NUMBERS: Record<string, string> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

/** The keypad in application mode. */
const KEYPAD: Record<string, Key> = {
  M: { name: 'enter' },
  I: { name: 'tab' },
  j: { name: '*', text: '*' },
  k: { name: '+', text: '+' },
  m: { name: '-', text: '-' },
  n: { name: '.', text: '.' },
  o: { name: '/', text: '/' },
};

/** What a VT100+ or VT-UTF8 terminal sends after ESC for F1 to F12. */
const ESCAPED_FUNCTION_KEYS = '1234567890!@';

const MODIFIERS = ['', '', 'S-', 'M-', 'M-S-', 'C-', 'C-S-', 'C-M-', 'C-M-S-'];

const CONTROL: Record<string, string> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\x7f': 'backspace',
  '\x1b': 'escape',
  ' ': 'space',
};

const named = (name: string | undefined, modifier = ''): Key | undefined =>
  name === undefined ? undefined : { name: modifier + name };

/** The key of a CSI sequence without its `ESC [`; undefined for answers of the terminal and unknown ones. */
export function csiKey(sequence: string): Key | undefined {
  const linux = /^\[([A-E])$/.exec(sequence);
  if (linux) return named(`f${(linux[1] ?? 'A').charCodeAt(0) - 64}`);
  const parts = /^(\d*)(?:;(\d+))?([A-Z~])$/.exec(sequence);
  if (!parts) return undefined;
  const [, number = '', modifier = '1', final = ''] = parts;
  const name = final === '~' ? CSI_NUMBERS[number] : CSI_LETTERS[final];
  return named(name, MODIFIERS[Number(modifier)]);
}

/** The key of `ESC O` and a letter. */
export function ss3Key(letter: string): Key | undefined {
  if (letter >= 'p' && letter <= 'y') {
    const digit = String(letter.charCodeAt(0) - 112);
    return { name: digit, text: digit };
  }
  return KEYPAD[letter] ?? named(CSI_LETTERS[letter]);
}

/** The key of one character that stands alone. */
export function charKey(char: string): Key | undefined {
  const name = CONTROL[char];
  if (name !== undefined) return char === ' ' ? { name, text: char } : { name };
  if (char < ' ') return { name: `C-${String.fromCharCode(char.charCodeAt(0) + 64).toLowerCase()}` };
  if ((char >= '\x7f' && char < '\xa0') || char === '\ufffd') return undefined;
  return { name: char, text: char };
}

/** The key of ESC and one character. */
export function escapedKey(char: string): Key | undefined {
  const index = ESCAPED_FUNCTION_KEYS.indexOf(char);
  if (index >= 0) return { name: `f${index + 1}` };
  return named(charKey(char)?.name, 'M-');
}
