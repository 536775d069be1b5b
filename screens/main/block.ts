import type { Words } from '../../src/api/words.ts';
import type { Look, Widget } from '../../src/tui/page.ts';
import type { Line } from '../../src/tui/text.ts';
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
  /** Rows with which it shows everything it has, in a place that wide. */
  most(model: NodeModel, columns: number): number;
  /** At most `room.rows` lines are shown; when it has more it says how many are left out. */
  draw(model: NodeModel, room: Room, look: Look): Line[];
  /** Finer drawings over the lines, placed from the top left of its room; asked for only on rich terminals. */
  widgets?(model: NodeModel, room: Room): Widget[];
}
