import { Element, type Node, type Screen } from './blessed.ts';
import { fillRow, writeText } from './cells.ts';
import type { Widget } from './page.ts';
import type { Ability } from './terminals.ts';
import type { Line } from './text.ts';
import type { Attribute, Theme } from './theme.ts';
import { shorten } from './width.ts';

/** A rectangle of the screen with what is in it: all that the renderer is told of a page. */
export interface Layer {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
  /** Present: a border is drawn at the edge, and the lines lie inside it, one column of air on both sides. */
  readonly frame?: { readonly title: string; readonly danger: boolean };
  readonly lines: readonly Line[];
  readonly widgets: readonly Widget[];
}

export interface Style {
  readonly theme: Theme;
  readonly ability: Ability;
}

/** One element of the screen for each page: it writes its layer into the screen's cells. */
export class Pane extends Element {
  layer: Layer = { row: 0, column: 0, rows: 0, columns: 0, lines: [], widgets: [] };
  style: Style;
  readonly #screen: Screen;

  constructor(screen: Screen, style: Style) {
    super({ screen, position: { left: 0, top: 0, width: 1, height: 1 } });
    this.#screen = screen;
    this.style = style;
  }

  override render(): void {
    const { row, column, rows, columns, frame } = this.layer;
    this.position = { left: column, top: row, width: columns, height: rows };
    this.lpos = {
      xi: column,
      xl: column + columns,
      yi: row,
      yl: row + rows,
      base: 0,
      renders: this.#screen.renders,
    };
    if (frame === undefined) this.#text(row, column, rows, columns);
    else {
      this.#border(frame.title, this.style.theme[frame.danger ? 'bad' : 'plain']);
      this.#text(row + 1, column + 1, rows - 2, columns - 2, 1);
    }
    for (const child of this.children as Node[]) child.render();
  }

  /** Nothing to clear: whatever lies below is drawn over it in the next frame. */
  clearPos(): void {}

  #write(row: number, column: number, end: number, text: string, attribute: Attribute): number {
    const cells = this.#screen.lines[row];
    return cells === undefined ? column : writeText(cells, column, end, text, attribute, this.style.ability);
  }

  #text(top: number, left: number, rows: number, columns: number, air = 0): void {
    const { theme } = this.style;
    const end = left + columns;
    for (let index = 0; index < rows; index++) {
      const cells = this.#screen.lines[top + index];
      if (cells === undefined) return;
      fillRow(cells, left, left + air, theme.plain);
      let column = left + air;
      for (const { text, tone } of this.layer.lines[index] ?? [])
        column = this.#write(top + index, column, end - air, text, theme[tone]);
      fillRow(cells, column, end, theme.plain);
    }
  }

  #border(title: string, attribute: Attribute): void {
    const { row, column, rows, columns } = this.layer;
    const end = column + columns;
    const room = columns - 2;
    const label = ` ${shorten(title, Math.max(0, room - 4))} `;
    const last = row + rows - 1;
    const after = this.#write(row, column, end, `┌─`, attribute);
    const rest = this.#write(row, after, end - 1, label, this.style.theme.title);
    this.#write(row, rest, end, `${'─'.repeat(Math.max(0, end - 1 - rest))}┐`, attribute);
    this.#write(last, column, end, `└${'─'.repeat(Math.max(0, room))}┘`, attribute);
    for (let side = row + 1; side < last; side++) {
      this.#write(side, column, end, '│', attribute);
      this.#write(side, end - 1, end, '│', attribute);
    }
  }
}
