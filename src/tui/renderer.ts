import { PassThrough } from 'node:stream';
import { Backlog } from './backlog.ts';
import { openScreen, type Screen } from './blessed.ts';
import { bridgeGaps, settleWide } from './cells.ts';
import { type Layer, Pane, type Style } from './pane.ts';
import type { Port } from './port.ts';
import { createWidgets } from './widgets.ts';

export interface Cursor {
  readonly row: number;
  readonly column: number;
}

export interface Frame {
  /** From the lowest to the topmost. */
  readonly layers: readonly Layer[];
  readonly cursor: Cursor | undefined;
  /** A key asked for it: what it changes goes before whatever is still to be sent. */
  readonly byKey: boolean;
}

export interface Renderer {
  /**
   * Sends what differs from what the terminal shows; nothing when nothing does. A slow line gets as much as it can
   * take: false when there is more, which is to be drawn with the next frame, once the line can take it.
   */
  draw(frame: Frame): boolean;
  /** Clears the terminal and draws the frame anew, at the size that the terminal has now. Answers as `draw` does. */
  redraw(frame: Frame): boolean;
  /** The picture as text, as it is drawn last, a row each. */
  text(): string[];
  /** Draws in another style from the next `redraw` on. */
  restyle(style: Style): void;
  /** Gives the terminal back as it was. */
  leave(): void;
}

/** @param changed called when something that could not be drawn at once (a widget being loaded) can be. */
export function createRenderer(port: Port, first: Style, changed: () => void): Renderer {
  const { terminal, unicode } = first.ability;
  let style = first;
  // The screen gets an input of its own that stays silent: keys are read elsewhere.
  const screen = openScreen({ terminal, unicode, input: new PassThrough(), output: port });
  const widgets = createWidgets(style.ability.colors > 0, changed);
  const backlog = new Backlog();
  const panes: Pane[] = [];
  let shown: Cursor | undefined;

  const arrange = (layers: readonly Layer[]) => {
    while (panes.length > layers.length) panes.pop()?.detach();
    layers.forEach((layer, index) => {
      const pane = panes[index] ?? addPane(screen, style, panes);
      pane.style = style;
      pane.layer = layer;
      widgets.place(pane, layer);
    });
  };
  const send = (rows: readonly number[], cursor: Cursor | undefined) => {
    for (const index of rows) {
      const row = screen.lines[index];
      if (row === undefined) continue;
      row.dirty = true;
      bridgeGaps(row, screen.olines[index] ?? row);
    }
    screen.draw(0, screen.lines.length - 1);
    placeCursor(screen, shown, cursor);
    shown = cursor;
    screen.program.flush();
  };
  const paint = ({ layers, cursor, byKey }: Frame): boolean => {
    arrange(layers);
    for (const pane of panes) pane.render();
    screen.lines.forEach((row, index) => {
      settleWide(row, screen.olines[index] ?? row);
    });
    backlog.note(screen.lines, byKey);
    for (const row of screen.lines) row.dirty = false;
    const open = backlog.rows(screen.lines, screen.olines);
    do send(portion(open, port.room), cursor);
    while (open.length > 0 && !port.busy);
    return open.length === 0;
  };

  return {
    draw: paint,
    redraw(frame) {
      // Without panes, so that the screen draws nothing by itself while it takes over the size.
      for (const pane of panes.splice(0)) pane.detach();
      port.resize();
      screen.program.hideCursor();
      shown = undefined;
      return paint(frame);
    },
    text: () => screen.lines.map((row) => row.map(([, char]) => char).join('')),
    restyle(next) {
      style = next;
    },
    leave() {
      screen.leave();
      screen.program.flush();
      screen.destroy();
    },
  };
}

/** Takes the first rows away that fill so many bytes, one at least. */
function portion(open: { index: number; cost: number }[], room: number): number[] {
  let filled = 0;
  const end = open.findIndex(({ cost }) => {
    filled += cost;
    return filled >= room;
  });
  return open.splice(0, end < 0 ? open.length : end + 1).map(({ index }) => index);
}

function addPane(screen: Screen, style: Style, panes: Pane[]): Pane {
  const pane = new Pane(screen, style);
  screen.append(pane);
  panes.push(pane);
  return pane;
}

/** Drawing leaves the cursor where it was, so it moves only when its place differs. */
function placeCursor({ program }: Screen, before: Cursor | undefined, now: Cursor | undefined): void {
  if (now === undefined) {
    if (before !== undefined) program.hideCursor();
    return;
  }
  if (before?.row !== now.row || before.column !== now.column) program.cup(now.row, now.column);
  if (before === undefined) program.showCursor();
}
