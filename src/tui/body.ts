import type { Words } from '../api/words.ts';
import type { Look, Size } from './page.ts';
import { type Line, lineWidth, wrap } from './text.ts';

/** What a window says: sentences, wrapped to its width and parted by blank rows where they are empty, or rows drawn by hand. */
export type Body = readonly Words[] | ((look: Look, columns: number) => readonly Line[]);

/** A window of sentences gets no wider than this: long rows are hard to read. */
const WIDEST = 68;

export const bodyLines = (body: Body, look: Look, columns: number): readonly Line[] =>
  typeof body === 'function' ? body(look, columns) : body.flatMap((words) => wrap(look.say(words), columns));

/** The size that rows need. */
export const sizeOf = (lines: readonly Line[]): Size => ({
  columns: Math.max(0, ...lines.map(lineWidth)),
  rows: lines.length,
});

/** The columns that a window of sentences is drawn in. */
export const readable = (most: Size): number => Math.min(WIDEST, most.columns);
