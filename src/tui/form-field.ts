import { Secret } from '../api/secret-text.ts';
import type { Words } from '../api/words.ts';
import { type Edit, edit, editText, insert, visible } from './edit.ts';
import type { Look } from './page.ts';
import type { Pick } from './pick.ts';
import { fitText, type Line, shorten, span } from './text.ts';

export interface Field {
  /** As the schema of the input names it, with dots for what lies deeper. */
  readonly name: string;
  readonly label: Words;
  /** `secret` is shown as `*`. */
  readonly kind: 'text' | 'secret' | 'number' | 'choice';
  /** Said while the field has the cursor. */
  readonly help?: Words;
  /** What stands in it at first: the present value. */
  readonly value?: string;
  /** What is so now; said beside the field while another text stands in it. */
  readonly present?: string;
  readonly choices?: readonly { readonly value: string; readonly label: Words }[];
  /** A text's usual values, which a key opens as a list; others can be typed all the same. */
  readonly pick?: Pick;
  /** Width of the field; 32 when not given. */
  readonly columns?: number;
  /** Whether it means anything beside the other values; it is not shown and left out of the values while it does not. */
  applies?(values: Values): boolean;
  /** May be left empty, and is left out of the values then. */
  readonly optional?: boolean;
}

export type Value = string | number | Secret;
export type Values = Record<string, Value>;

/** A field as it is being filled in. For a choice, the text is the value chosen. */
export interface FieldState {
  readonly field: Field;
  readonly line: Edit;
  /** What stands in it was not touched yet: the first letter typed replaces it. */
  readonly untouched: boolean;
}

const COLUMNS = 32;

export const fieldState = (field: Field): FieldState => ({
  field,
  line: edit(field.value ?? field.choices?.[0]?.value ?? ''),
  untouched: true,
});

/** The field with that in it, which is there to be taken, changed or typed over. */
export const offered = (state: FieldState, text: string): FieldState => ({
  ...state,
  line: edit(text),
  untouched: true,
});

/** What the field gives; undefined when it is empty. Text in a number's place stays text: the schema says what is wrong. */
export function fieldValue({ field, line }: FieldState): Value | undefined {
  const raw = editText(line);
  if (field.kind === 'secret') return raw === '' ? undefined : new Secret(raw);
  const text = raw.trim();
  if (text === '') return undefined;
  return field.kind === 'number' && Number.isFinite(Number(text)) ? Number(text) : text;
}

export function typeInto(state: FieldState, text: string): FieldState {
  if (state.field.kind === 'choice') return state;
  const line = insert(state.untouched ? edit('') : state.line, text);
  return { ...state, line, untouched: false };
}

/** What is so now, where the field would change it. Of a choice it is the words of the one that is in force. */
export function presentBeside({ field, line }: FieldState, look: Look): string {
  const { present = '', choices } = field;
  if (present === editText(line).trim()) return '';
  const chosen = choices?.find(({ value }) => value === present);
  return chosen === undefined ? present : look.say(chosen.label);
}

/** The next choice (1) or the one before (-1), round and round. */
export function choose(state: FieldState, step: 1 | -1): FieldState {
  const choices = state.field.choices ?? [];
  const now = choices.findIndex(({ value }) => value === editText(state.line));
  const next = choices[(now + step + choices.length) % choices.length];
  return next === undefined ? state : { ...state, line: edit(next.value) };
}

/** The field as it is drawn and the column of the cursor in it. What would be typed over is marked while the cursor is `here`. */
export function drawField(
  { field, line, untouched }: FieldState,
  look: Look,
  room: number,
  here: boolean,
): { line: Line; column: number } {
  const width = Math.max(4, Math.min(field.columns ?? COLUMNS, room));
  if (field.kind === 'choice') {
    const chosen = field.choices?.find(({ value }) => value === editText(line));
    const label = shorten(chosen === undefined ? '' : look.say(chosen.label), width - 4);
    return { line: [span('< ', 'key'), span(label, 'field'), span(' >', 'key')], column: 2 };
  }
  const shown = field.kind === 'secret' ? { ...line, chars: line.chars.map(() => '*') } : line;
  const { text, column } = visible(shown, width);
  const marked = here && untouched ? text : '';
  const rest = fitText(text, width).slice(marked.length);
  return { line: [...(marked === '' ? [] : [span(marked, 'selected')]), span(rest, 'field')], column };
}
