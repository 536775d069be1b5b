import { say } from '../../src/api/words.ts';
import type { Look, Size, View, Widget } from '../../src/tui/page.ts';
import { columns, fitLine, type Line, span } from '../../src/tui/text.ts';
import type { Block } from './block.ts';
import type { NodeModel } from './model.ts';

/** One row of blocks side by side. `share` is the left one's part of the width, where there are two. */
export interface BlockRow {
  readonly blocks: readonly [Block] | readonly [Block, Block];
  readonly share?: number;
  /** Shown only when everything else has what it needs. */
  readonly optional?: boolean;
}

const GAP = 2;

/** Lays rows of blocks out in the height there is: what each needs least, then more from the top down, then what is long wrapped. */
export function arrange(rows: readonly BlockRow[], model: NodeModel, size: Size, look: Look): View {
  const lines: Line[] = [];
  const widgets: Widget[] = [];
  for (const { row, height } of heights(rows, model, size, look)) {
    if (height === 0) continue;
    if (look.rich) widgets.push(...widgetsOf(row, lines.length, height, model, size.columns));
    lines.push(...drawRow(row, height, model, size.columns, look));
  }
  return { lines, widgets };
}

interface Placed {
  row: BlockRow;
  /** With the heading; 0: left out. */
  height: number;
}

function heights(rows: readonly BlockRow[], model: NodeModel, size: Size, look: Look): Placed[] {
  const least = (row: BlockRow) => 1 + Math.max(...row.blocks.map((block) => block.least(model)));
  const most = (row: BlockRow) => 1 + Math.max(...row.blocks.map((block) => block.most(model)));
  const placed = rows.map((row) => ({ row, height: row.optional ? 0 : least(row) }));
  let left = size.rows - placed.reduce((sum, one) => sum + one.height, 0);
  const grow = (one: Placed, to: number) => {
    const more = Math.max(0, Math.min(left, to - one.height));
    one.height += more;
    left -= more;
  };
  for (const one of placed) if (!one.row.optional) grow(one, most(one.row));
  for (const one of placed) if (!one.row.optional && left > 0) grow(one, wrapped(one, model, size, look));
  for (const one of placed) if (one.row.optional && left >= least(one.row)) grow(one, most(one.row));
  shrink(placed, -left);
  return placed;
}

/** The height with which no row is cut. */
function wrapped({ row, height }: Placed, model: NodeModel, { columns, rows }: Size, look: Look): number {
  const needed = partsOf(row, columns).map(({ block, width }) =>
    block.wraps ? 1 + block.draw(model, { columns: width - 1, rows }, look).length : height,
  );
  return Math.max(...needed);
}

/** Takes rows away from the bottom up when even the least does not fit. */
function shrink(placed: Placed[], excess: number): void {
  let over = excess;
  for (const one of placed.toReversed()) {
    if (over <= 0) return;
    const less = Math.min(over, Math.max(0, one.height - 2));
    one.height -= less;
    over -= less;
  }
}

function drawRow(row: BlockRow, height: number, model: NodeModel, width: number, look: Look): Line[] {
  const parts = partsOf(row, width).map((part) => ({
    lines: drawBlock(part.block, model, part.width, height, look),
    width: part.width,
  }));
  return columns(parts, GAP).slice(0, height);
}

/** The blocks of a row, each with its first column and its width. */
function partsOf(row: BlockRow, width: number): { block: Block; column: number; width: number }[] {
  const [left, right] = row.blocks;
  if (right === undefined) return [{ block: left, column: 0, width }];
  const leftWidth = Math.floor(width * (row.share ?? 0.5));
  return [
    { block: left, column: 0, width: leftWidth },
    { block: right, column: leftWidth + GAP, width: width - leftWidth - GAP },
  ];
}

/** The finer drawings of a row's blocks, moved below the heading and one column in, as the lines are. */
const widgetsOf = (row: BlockRow, top: number, height: number, model: NodeModel, width: number): Widget[] =>
  partsOf(row, width).flatMap((part) =>
    (part.block.widgets?.(model, { columns: part.width - 1, rows: height - 1 }) ?? []).map((widget) => ({
      ...widget,
      row: widget.row + top + 1,
      column: widget.column + part.column + 1,
    })),
  );

/** Heading and body, exactly `height` rows; the last one says how many did not fit. */
function drawBlock(block: Block, model: NodeModel, width: number, height: number, look: Look): Line[] {
  const heading = fitLine([span(look.say(block.title), 'title')], width);
  const room = { columns: width - 1, rows: height - 1 };
  const body = block.draw(model, room, look);
  const shown =
    body.length <= room.rows
      ? body
      : [...body.slice(0, room.rows - 1), more(body.length - room.rows + 1, look)];
  const blank: Line[] = Array.from({ length: room.rows - shown.length }, () => []);
  return [heading, ...[...shown, ...blank].map((line) => fitLine([span(' '), ...line], width))];
}

const more = (count: number, look: Look): Line => [
  span(look.say(say(`... ${count} more`, `... 还有 ${count} 项`)), 'dim'),
];
