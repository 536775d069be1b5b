import { PassThrough } from 'node:stream';
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
}

export interface Renderer {
  /** Sends what differs from the frame before; nothing when nothing does. */
  draw(frame: Frame): void;
  /** Clears the terminal and draws the frame in full, at the size that the terminal has now. */
  redraw(frame: Frame): void;
  /** Gives the terminal back as it was. */
  leave(): void;
}

/** @param changed called when something that could not be drawn at once (a widget being loaded) can be. */
export function createRenderer(port: Port, style: Style, changed: () => void): Renderer {
  const { terminal, unicode, plain } = style.ability;
  // The screen gets an input of its own that stays silent: keys are read elsewhere.
  const screen = openScreen({ terminal, unicode, plain, input: new PassThrough(), output: port });
  const widgets = createWidgets(style.ability.colors > 0, changed);
  const panes: Pane[] = [];
  let shown: Cursor | undefined;

  const arrange = (layers: readonly Layer[]) => {
    while (panes.length > layers.length) panes.pop()?.detach();
    layers.forEach((layer, index) => {
      const pane = panes[index] ?? addPane(screen, style, panes);
      pane.layer = layer;
      widgets.place(pane, layer);
    });
  };
  const paint = ({ layers, cursor }: Frame) => {
    arrange(layers);
    for (const pane of panes) pane.render();
    screen.lines.forEach((row, index) => {
      const before = screen.olines[index] ?? row;
      settleWide(row, before);
      bridgeGaps(row, before);
    });
    screen.draw(0, screen.lines.length - 1);
    placeCursor(screen, shown, cursor);
    shown = cursor;
    screen.program.flush();
  };

  return {
    draw: paint,
    redraw(frame) {
      // Without panes, so that the screen draws nothing by itself while it takes over the size.
      for (const pane of panes.splice(0)) pane.detach();
      port.resize();
      screen.program.hideCursor();
      shown = undefined;
      paint(frame);
    },
    leave() {
      screen.leave();
      screen.program.flush();
      screen.destroy();
    },
  };
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
