import { charWidth, textWidth } from './width.ts';

/** A line being typed: its characters and the place of the cursor among them. */
export interface Edit {
  readonly chars: readonly string[];
  readonly at: number;
}

/** No field takes more: the longest secret is 512 characters. */
export const LONGEST = 512;

export const edit = (text: string): Edit => {
  const chars = [...text];
  return { chars, at: chars.length };
};

export const editText = ({ chars }: Edit): string => chars.join('');

/** Characters that stand for themselves: what steers a terminal, or is a line break, cannot be typed into a line. */
const typeable = (text: string): string[] =>
  [...text.slice(0, 4 * LONGEST).normalize('NFC')].filter((char) => charWidth(char) > 0);

/** Puts text in at the cursor, as much as there is room for. */
export function insert({ chars, at }: Edit, text: string): Edit {
  const room = LONGEST - chars.length;
  if (room === 0) return { chars, at };
  const more = typeable(text).slice(0, room);
  return { chars: [...chars.slice(0, at), ...more, ...chars.slice(at)], at: at + more.length };
}

export type Motion = 'left' | 'right' | 'home' | 'end';

export function moveCursor({ chars, at }: Edit, motion: Motion): Edit {
  const to = { left: at - 1, right: at + 1, home: 0, end: chars.length }[motion];
  return { chars, at: Math.max(0, Math.min(chars.length, to)) };
}

/** Takes away the character before the cursor (-1) or at it (0). */
export function remove({ chars, at }: Edit, offset: -1 | 0): Edit {
  const index = at + offset;
  if (index < 0 || index >= chars.length) return { chars, at };
  return { chars: chars.toSpliced(index, 1), at: index };
}

/** The part of the line that a field of so many columns shows, and the column of the cursor in it. */
export function visible({ chars, at }: Edit, columns: number): { text: string; column: number } {
  let start = 0;
  // One column stays for the cursor behind the last character.
  while (textWidth(chars.slice(start, at).join('')) > columns - 1) start++;
  let text = '';
  for (const char of chars.slice(start)) {
    if (textWidth(text) + charWidth(char) > columns) break;
    text += char;
  }
  return { text, column: textWidth(chars.slice(start, at).join('')) };
}
