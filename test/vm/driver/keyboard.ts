import { setTimeout as pause } from 'node:timers/promises';
import type { Qmp } from './qmp.ts';

const PUNCTUATION: Record<string, string> = {
  ' ': 'spc',
  '\n': 'ret',
  '\t': 'tab',
  '-': 'minus',
  '=': 'equal',
  '[': 'bracket_left',
  ']': 'bracket_right',
  '\\': 'backslash',
  ';': 'semicolon',
  "'": 'apostrophe',
  '`': 'grave_accent',
  ',': 'comma',
  '.': 'dot',
  '/': 'slash',
};
// On a US keyboard, each character of the upper row is Shift with the one below it.
const SHIFTED = '~!@#$%^&*()_+{}|:"<>?';
const UNSHIFTED = "`1234567890-=[]\\;',./";

/** Milliseconds that a key is held, and between two keys: a fast typist, within the 16 bytes of a PS/2 queue. */
const HOLD_MS = 25;
const GAP_MS = 35;

/** The keys (QEMU's names) that make a character on a US keyboard. @throws RangeError for one that has none */
export function keysOf(character: string): string[] {
  if (/^[a-z0-9]$/.test(character)) return [character];
  if (/^[A-Z]$/.test(character)) return ['shift', character.toLowerCase()];
  const plain = PUNCTUATION[character];
  if (plain) return [plain];
  const below = UNSHIFTED[SHIFTED.indexOf(character)];
  if (character.length !== 1 || !below) throw new RangeError(`no key for ${JSON.stringify(character)}`);
  return ['shift', PUNCTUATION[below] ?? below];
}

/** The keyboard of one machine. */
export class Keyboard {
  readonly #qmp: Qmp;

  constructor(qmp: Qmp) {
    this.#qmp = qmp;
  }

  /** Presses keys together, as in press('ctrl', 'alt', 'f2'). Names: f1-f12, ret, esc, tab, up, down, a, 1 … */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.#send(key, true);
    await pause(HOLD_MS);
    for (const key of keys.toReversed()) await this.#send(key, false);
    await pause(GAP_MS);
  }

  /** Types printable ASCII, newline (Enter) and tab. */
  async type(text: string): Promise<void> {
    for (const character of text) await this.press(...keysOf(character));
  }

  async #send(key: string, down: boolean): Promise<void> {
    const event = { type: 'key', data: { down, key: { type: 'qcode', data: key } } };
    await this.#qmp.execute('input-send-event', { events: [event] });
  }
}
