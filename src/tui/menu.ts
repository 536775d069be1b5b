import { say, type Words } from '../api/words.ts';
import { type Body, bodyLines } from './body.ts';
import type { Binding, Look, Page, Size, Stage, View } from './page.ts';
import { inSight, moreWords, moved, type Scroll, scrollBindings } from './scroll.ts';
import { columns, fitText, type Line, line, span, textWidth, wrap } from './text.ts';

export interface MenuEntry {
  readonly label: Words;
  readonly danger?: boolean;
  /** What the entry is for; on the right while it is highlighted. */
  readonly help: Body;
  /** What is set now; under the help. */
  value?(look: Look, columns: number): readonly Line[];
  /** Why it cannot be opened now. */
  disabled?(): Words | undefined;
  run(): void | Promise<void>;
}

export interface MenuOptions {
  title: Words;
  entries: readonly MenuEntry[];
  /** More keys, shown in the footer after those that move and open. */
  keys?: readonly Binding[];
  /** An entry is highlighted, or seen again after what lay over the menu: what is shown of it may be read anew. */
  highlighted?(entry: MenuEntry): void;
  /** What Esc does; it closes the menu when not given. */
  leave?(): void;
}

const OPEN = say('Open', '打开');
const LEAVE = say('Leave', '离开');
const PRESENT = say('Now', '当前');

/** A screen with entries on the left; on the right what the highlighted one is for and what is set now. */
export function menu(options: MenuOptions): Page {
  const { title, entries, keys = [] } = options;
  let stage: Stage | undefined;
  let scroll: Scroll = { selected: 0, top: 0 };
  let height = 1;
  const current = () => entries[scroll.selected];
  const highlight = () => {
    const entry = current();
    if (entry !== undefined) options.highlighted?.(entry);
  };
  const leave = options.leave ?? (() => stage?.close(page));
  const page: Page = {
    kind: 'screen',
    title,
    opened(on) {
      stage = on;
      highlight();
    },
    uncovered: () => highlight(),
    draw(area, look) {
      height = area.rows - ABOVE;
      scroll = { ...scroll, top: inSight(scroll.selected, scroll.top, entries.length, height) };
      return drawMenu(options, scroll, area, look);
    },
    bindings: () => [
      {
        keys: ['enter'],
        label: OPEN,
        help: OPEN,
        disabled: () => current()?.disabled?.(),
        run: () => current()?.run(),
      },
      ...keys,
      { keys: ['escape'], label: LEAVE, help: LEAVE, run: leave },
      ...scrollBindings(
        (by) => {
          scroll = moved(scroll, by, entries.length, height);
          highlight();
        },
        () => height,
      ),
    ],
  };
  return page;
}

/** Title and a blank row. */
const ABOVE = 2;
const GAP = 3;

function drawMenu({ title, entries }: MenuOptions, { selected, top }: Scroll, area: Size, look: Look): View {
  const height = area.rows - ABOVE;
  const labels = entries.map(({ label }) => textWidth(look.say(label)));
  const left = Math.min(Math.floor(area.columns / 2), Math.max(...labels) + 4);
  const right = area.columns - left - GAP - 1;
  const rows = entries
    .slice(top, top + height)
    .map((entry, index) => entryRow(entry, top + index === selected, left, look));
  const entry = entries[selected];
  const detail = entry === undefined ? [] : detailLines(entry, look, right);
  const body = columns(
    [
      { lines: rows, width: left },
      { lines: fitted(detail, height, look), width: right },
    ],
    GAP,
  );
  return { lines: [line(` ${look.say(title)}`, 'title'), [], ...body] };
}

/** What does not fit is counted in the last row. */
function fitted(lines: readonly Line[], height: number, look: Look): readonly Line[] {
  const more = lines.length > height ? moreWords(0, height - 1, lines.length) : undefined;
  return more === undefined ? lines : [...lines.slice(0, height - 1), line(look.say(more), 'dim')];
}

function entryRow(
  { label, danger, disabled }: MenuEntry,
  selected: boolean,
  width: number,
  look: Look,
): Line {
  const text = fitText(look.say(label), width - 3);
  const off = disabled?.() !== undefined;
  const tone = selected ? 'selected' : danger ? 'bad' : off ? 'dim' : 'plain';
  return [span(selected ? ' > ' : '   ', 'key'), span(text, tone)];
}

function detailLines(entry: MenuEntry, look: Look, width: number): Line[] {
  const why = entry.disabled?.();
  const value = entry.value?.(look, width) ?? [];
  return [
    line(look.say(entry.label), 'title'),
    [],
    ...bodyLines(entry.help, look, width),
    ...(why === undefined ? [] : [[], ...wrap(`! ${look.say(why)}`, width, 'warn')]),
    ...(value.length === 0 ? [] : [[], line(look.say(PRESENT), 'label'), ...value]),
  ];
}
