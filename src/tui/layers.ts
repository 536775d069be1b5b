import { say } from '../api/words.ts';
import { footerLines } from './footer.ts';
import type { Binding, Look, Page, Size, View } from './page.ts';
import type { Layer } from './pane.ts';
import type { Cursor, Frame } from './renderer.ts';
import { capital, fitLine, type Line, line, lineWidth } from './text.ts';
import { textWidth } from './width.ts';

export const SMALLEST: Size = { columns: 80, rows: 24 };

/** Border above and below; border and one column of air on both sides. */
const FRAME: Size = { columns: 4, rows: 2 };
/** Rows that the keys may take before the rest of them is only in the help. */
const FOOTER_ROWS = 2;
/** Listed in the window with all keys; the second where `?` is text. */
const HELP = '?';
const HELP_WHILE_TYPING = 'f1';
const WIDEST_FOOTER = 1000;

export interface Scene {
  /** From the lowest to the topmost. */
  readonly pages: readonly Page[];
  /** The frame's own keys, shown at the foot of screens. */
  readonly common: readonly Binding[];
  /** Said in the footer instead of the keys. */
  readonly notice: Line | undefined;
  /** A key was pressed since the picture before. */
  readonly byKey: boolean;
}

interface Placed {
  readonly layer: Layer;
  readonly cursor: Cursor | undefined;
}

/** What is to be seen: the topmost screen and the windows over it. The topmost page has the keys, so only its are shown. */
export function compose(scene: Scene, size: Size, look: Look): Frame {
  if (size.columns < SMALLEST.columns || size.rows < SMALLEST.rows) return tooSmall(size, look);
  const { pages, byKey } = scene;
  const lowest = pages.findLastIndex((page) => page.kind === 'screen');
  const placed = pages.slice(Math.max(0, lowest)).map((page) => {
    const top = page === pages.at(-1);
    return page.kind === 'screen'
      ? placeScreen(page, top, scene, size, look)
      : placeWindow(page, top, scene, size, look);
  });
  return { layers: placed.map(({ layer }) => layer), cursor: placed.at(-1)?.cursor, byKey };
}

function placeScreen(page: Page, top: boolean, scene: Scene, size: Size, look: Look): Placed {
  const most = page.quiet ? 1 : FOOTER_ROWS;
  const keys = top
    ? footerLines([...page.bindings(), ...scene.common], HELP, look, size.columns - 2, most)
    : [[]];
  const area = { columns: size.columns, rows: size.rows - keys.length };
  const view = page.draw(area, look);
  const footer = noticed(keys, scene.notice).map((row) => [...line(' '), ...row]);
  const lines = [...filled(view.lines, area.rows), ...footer];
  return { layer: { row: 0, column: 0, ...size, lines, widgets: view.widgets ?? [] }, cursor: view.cursor };
}

/** The keys with what is to be said in place of the first row of them. */
const noticed = (keys: readonly Line[], notice: Line | undefined): readonly Line[] =>
  notice === undefined ? keys : [notice, ...keys.slice(1)];

const filled = (lines: readonly Line[], rows: number): Line[] =>
  Array.from({ length: rows }, (_, row) => lines[row] ?? []);

function placeWindow(page: Page, top: boolean, scene: Scene, size: Size, look: Look): Placed {
  const help = page.typed === undefined ? HELP : HELP_WHILE_TYPING;
  const keysIn = (columns: number) => footerLines(page.bindings(), help, look, columns, FOOTER_ROWS);
  const widest = size.columns - FRAME.columns;
  const title = `${page.danger ? '! ' : ''}${titleOf(page, look)}`;
  const least = Math.max(0, ...keysIn(WIDEST_FOOTER).map(lineWidth), textWidth(title) + 2);
  // A blank row and the keys.
  const keyRows = keysIn(widest).length === 0 ? 0 : keysIn(widest).length + 1;
  const most = { columns: widest, rows: size.rows - FRAME.rows - keyRows };
  const wanted = page.wants?.(most, look) ?? most;
  const area = {
    columns: Math.min(most.columns, Math.max(wanted.columns, least)),
    rows: Math.max(1, Math.min(most.rows, wanted.rows)),
  };
  const view = page.draw(area, look);
  const blank: Line[] = Array.from({ length: keyRows }, () => []);
  const foot = top && keyRows > 0 ? windowFoot(keysIn(area.columns), scene.notice, area.columns) : blank;
  const outer = { columns: area.columns + FRAME.columns, rows: area.rows + keyRows + FRAME.rows };
  return inside(view, { ...centred(outer, size), ...outer }, { title, danger: page.danger ?? false }, [
    ...filled(view.lines, area.rows),
    ...foot,
  ]);
}

/** A title that is the same in all languages is somebody's name, and keeps its letters. */
const titleOf = ({ title }: Page, look: Look): string =>
  title.en === title.zh ? look.say(title) : capital(look.say(title));

/** What is to be said stands above the keys; they stay in sight. */
const windowFoot = (keys: readonly Line[], notice: Line | undefined, columns: number): Line[] => [
  notice === undefined ? [] : fitLine(notice, columns),
  ...keys,
];

const centred = (outer: Size, size: Size) => ({
  row: Math.floor((size.rows - outer.rows) / 2),
  column: Math.floor((size.columns - outer.columns) / 2),
});

function inside(
  view: View,
  place: Pick<Layer, 'row' | 'column' | 'rows' | 'columns'>,
  frame: NonNullable<Layer['frame']>,
  lines: readonly Line[],
): Placed {
  const { cursor } = view;
  return {
    layer: { ...place, frame, lines, widgets: view.widgets ?? [] },
    cursor: cursor && { row: place.row + 1 + cursor.row, column: place.column + 2 + cursor.column },
  };
}

const TOO_SMALL = say('Too small', '窗口太小');

function tooSmall(size: Size, look: Look): Frame {
  const need = `${SMALLEST.columns}x${SMALLEST.rows}`;
  const text = [look.say(TOO_SMALL), `${size.columns}x${size.rows} < ${need}`];
  const layer = { row: 0, column: 0, ...size, lines: text.map((row) => line(row, 'warn')), widgets: [] };
  return { layers: [layer], cursor: undefined, byKey: false };
}
