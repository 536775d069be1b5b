import type { Words } from '../../src/api/words.ts';
import type { Look, Widget } from '../../src/tui/page.ts';
import { fitLine, type Line, wrapLine } from '../../src/tui/text.ts';
import type { NodeModel } from './model.ts';

/** Width and height that a block may fill, its heading left out. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
}

/** One titled part of the main screen. Pure: the same model, room and look give the same lines. */
export interface Block {
  readonly title: Words;
  /** Rows without which it would hide something that matters. */
  least(model: NodeModel): number;
  /** Rows with which it shows everything it has, long rows cut. */
  most(model: NodeModel): number;
  /** Draws long rows over several when it is given more rows than that. */
  readonly wraps?: boolean;
  /** At most `room.rows` lines are shown; when it has more it says how many are left out. */
  draw(model: NodeModel, room: Room, look: Look): Line[];
  /** Finer drawings over the lines, placed from the top left of its room; asked for only on rich terminals. */
  widgets?(model: NodeModel, room: Room): Widget[];
}

/** A row of a block; where it is wrapped, what follows begins at the column `hang`. */
export interface Row {
  readonly line: Line;
  readonly hang: number;
}

/** The rows, each cut to the room; long ones wrapped as long as there are rows for it. */
export function fill(rows: readonly Row[], room: Room): Line[] {
  let free = room.rows - rows.length;
  return rows.flatMap(({ line, hang }) => {
    const wrapped = free > 0 ? wrapLine(line, room.columns, hang) : [];
    const more = wrapped.length - 1;
    if (more < 1 || more > free) return [fitLine(line, room.columns)];
    free -= more;
    return wrapped;
  });
}
