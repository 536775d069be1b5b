import { say, type Words } from '../api/words.ts';
import type { Binding, Look, Size } from './page.ts';
import { type Line, span } from './text.ts';

/** Which part of something long is in sight, and the row that is chosen in it. */
export interface Scroll {
  readonly selected: number;
  readonly top: number;
}

/** Moves the choice by so many rows and keeps it in sight. */
export function moved({ selected, top }: Scroll, by: number, count: number, height: number): Scroll {
  const next = Math.max(0, Math.min(count - 1, selected + by));
  return { selected: next, top: inSight(next, top, count, height) };
}

/** The first row to show so that the chosen one is among `height` rows and no room is left empty. */
export function inSight(selected: number, top: number, count: number, height: number): number {
  const least = selected - height + 1;
  const most = Math.min(selected, Math.max(0, count - height));
  return Math.max(0, Math.min(Math.max(top, least), most));
}

/** `12-20 of 40`, to be shown when not everything is in sight. */
export function position(top: number, height: number, count: number): Line {
  if (count <= height) return [];
  const text = `${top + 1}-${Math.min(count, top + height)}/${count}`;
  return [span(text, 'dim')];
}

/** `3 more above, 5 more below`; empty when all is in sight. */
export function moreWords(top: number, height: number, count: number): Words | undefined {
  const below = Math.max(0, count - top - height);
  const parts = [
    ...(top > 0 ? [say(`${top} more above`, `上方还有 ${top} 行`)] : []),
    ...(below > 0 ? [say(`${below} more below`, `下方还有 ${below} 行`)] : []),
  ];
  if (parts.length === 0) return undefined;
  return say(parts.map(({ en }) => en).join(', '), parts.map(({ zh }) => zh).join('，'));
}

/** Rows of a window that scroll when they are more than it has room for; the last one then says how many are out of sight. */
export class ScrollingRows {
  #top = 0;
  #height = 1;
  #count = 1;

  draw(rows: readonly Line[], area: Size, look: Look): Line[] {
    const scrolls = rows.length > area.rows;
    this.#height = Math.max(1, scrolls ? area.rows - 1 : area.rows);
    this.#count = rows.length;
    this.#top = inSight(this.#top, this.#top, this.#count, this.#height);
    const more = moreWords(this.#top, this.#height, this.#count);
    const shown = rows.slice(this.#top, this.#top + this.#height);
    return more === undefined ? shown : [...shown, [span(look.say(more), 'dim')]];
  }

  bindings(): Binding[] {
    if (this.#count <= this.#height) return [];
    return scrollBindings(
      (by) => this.#move(by),
      () => this.#height,
    );
  }

  /** Those of the keys that are of no use in a line being typed. */
  pageBindings(): Binding[] {
    return this.bindings().filter(({ keys }) => keys.some((key) => key.startsWith('page')));
  }

  #move(by: number): void {
    this.#top = Math.max(0, Math.min(this.#count - this.#height, this.#top + by));
  }
}

const UP = say('one row up', '上移一行');
const DOWN = say('one row down', '下移一行');
const PAGE_UP = say('one page up', '上翻一页');
const PAGE_DOWN = say('one page down', '下翻一页');
const FIRST = say('to the first row', '到第一行');
const LAST = say('to the last row', '到最后一行');

/** The keys that move in a list: arrows, k and j, PgUp and PgDn, Home and End. */
export function scrollBindings(move: (by: number) => void, height: () => number): Binding[] {
  const all = Number.MAX_SAFE_INTEGER / 2;
  return [
    { keys: ['up', 'k'], help: UP, run: () => move(-1) },
    { keys: ['down', 'j'], help: DOWN, run: () => move(1) },
    { keys: ['pageup'], help: PAGE_UP, run: () => move(-height()) },
    { keys: ['pagedown'], help: PAGE_DOWN, run: () => move(height()) },
    { keys: ['home'], help: FIRST, run: () => move(-all) },
    { keys: ['end'], help: LAST, run: () => move(all) },
  ];
}
