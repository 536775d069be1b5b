import type { Ability } from './terminals.ts';
import type { Tone } from './text.ts';

/** A cell's look as the renderer keeps it: flags, foreground and background in one number. */
export type Attribute = number;

const DEFAULT = 0x1ff;
const BOLD = 1;
const UNDERLINE = 2;
const REVERSE = 8;

const [RED, GREEN, YELLOW, CYAN] = [1, 2, 3, 6];
const WHITE = 7;
const GREY = 245;

const attribute = (flags: number, foreground = DEFAULT, background = DEFAULT): Attribute =>
  (flags << 18) | (foreground << 9) | background;

const MONO: Record<Tone, Attribute> = {
  plain: attribute(0),
  title: attribute(BOLD),
  label: attribute(0),
  dim: attribute(0),
  good: attribute(0),
  warn: attribute(BOLD),
  bad: attribute(BOLD),
  danger: attribute(BOLD | REVERSE),
  selected: attribute(REVERSE),
  key: attribute(BOLD),
  field: attribute(UNDERLINE),
  bar: attribute(0),
};

const COLOR: Record<Tone, Attribute> = {
  ...MONO,
  label: attribute(0, CYAN),
  good: attribute(0, GREEN),
  warn: attribute(BOLD, YELLOW),
  bad: attribute(BOLD, RED),
  danger: attribute(BOLD, WHITE, RED),
  key: attribute(BOLD, CYAN),
  bar: attribute(0, GREEN),
};

export type Theme = Readonly<Record<Tone, Attribute>>;

/** Colour only where something wants a person; in mono bold, underline and reverse alone. */
export function themeOf(ability: Ability): Theme {
  if (ability.colors === 0) return MONO;
  return ability.colors === 256 ? { ...COLOR, dim: attribute(0, GREY) } : COLOR;
}
