import { say, type Words } from '../api/words.ts';
import { type Body, bodyLines, sizeOf } from './body.ts';
import type { Binding, Look, Page, Size, Stage, View } from './page.ts';
import { inSight, moved, position, type Scroll, scrollBindings } from './scroll.ts';
import { fitLine, type Line, line, span, toned, wrap } from './text.ts';

export interface ListOptions<Row> {
  title: Words;
  /** `window` when not given. */
  kind?: Page['kind'];
  danger?: boolean;
  /** Said above the rows. */
  notes?: Body;
  header?(look: Look, columns: number): Line;
  /** Asked at every drawing, so the rows may change while the list is open. */
  rows(): readonly Row[];
  row(item: Row, look: Look, columns: number): Line;
  /** Whether two rows are of one thing: where rows come and go, the selection stays with what was selected. */
  same?(a: Row, b: Row): boolean;
  /** What Enter does with the selected row. */
  open?(item: Row): void | Promise<void>;
  openLabel?: Words;
  /** More keys, made for the selected row. */
  keys?(selected: () => Row | undefined): readonly Binding[];
  /** Said when there are no rows. */
  empty: Words;
  /** Runs after Esc has closed the list. */
  then?(): void;
}

const OPEN = say('Open', '打开');
const LEAVE = say('Leave', '离开');
/** The mark before the selected row, so that it is seen without colour and reverse too. */
const MARK = 2;

/** Rows to choose from, with a header; scrolls when there are more than fit. */
export function list<Row>(options: ListOptions<Row>): Page {
  const { title, kind = 'window', danger = false, then } = options;
  let stage: Stage | undefined;
  let scroll: Scroll = { selected: 0, top: 0 };
  let height = 1;
  let last: Row | undefined;
  const follow = () => {
    const { same, rows } = options;
    const held = last;
    if (same === undefined || held === undefined) return;
    const at = rows().findIndex((each) => same(each, held));
    if (at >= 0) scroll = { ...scroll, selected: at };
  };
  const selected = () => {
    follow();
    return options.rows()[scroll.selected];
  };
  const page: Page = {
    kind,
    title,
    danger,
    opened(on) {
      stage = on;
    },
    wants: (most, look) => listSize(options, most, look),
    draw(area, look) {
      const above = aboveRows(options, area, look);
      height = Math.max(1, area.rows - above.length);
      follow();
      const count = options.rows().length;
      const kept = Math.max(0, Math.min(scroll.selected, count - 1));
      scroll = { selected: kept, top: inSight(kept, scroll.top, count, height) };
      last = options.rows()[kept];
      return drawList(options, above, scroll, height, area, look);
    },
    bindings: () => [
      ...opening(options, selected),
      ...(options.keys?.(selected) ?? []),
      {
        keys: ['escape'],
        label: LEAVE,
        help: LEAVE,
        run() {
          stage?.close(page);
          then?.();
        },
      },
      ...scrollBindings(
        (by) => {
          follow();
          scroll = moved(scroll, by, options.rows().length, height);
          last = options.rows()[scroll.selected];
        },
        () => height,
      ),
    ],
  };
  return page;
}

function opening<Row>(
  { open, openLabel = OPEN, empty }: ListOptions<Row>,
  selected: () => Row | undefined,
): Binding[] {
  if (open === undefined) return [];
  const run = () => {
    const item = selected();
    return item === undefined ? undefined : open(item);
  };
  const disabled = () => (selected() === undefined ? empty : undefined);
  return [{ keys: ['enter'], label: openLabel, help: openLabel, disabled, run }];
}

function aboveRows<Row>(
  { kind, title, notes = [], header }: ListOptions<Row>,
  area: Size,
  look: Look,
): Line[] {
  const text = bodyLines(notes, look, area.columns);
  return [
    ...(kind === 'screen' ? [line(` ${look.say(title)}`, 'title'), []] : []),
    ...text,
    ...(text.length > 0 ? [[]] : []),
    ...(header ? [[span(' '.repeat(MARK)), ...toned(header(look, area.columns - MARK), 'label')]] : []),
  ];
}

function drawList<Row>(
  options: ListOptions<Row>,
  above: readonly Line[],
  { selected, top }: Scroll,
  height: number,
  area: Size,
  look: Look,
): View {
  const rows = options.rows();
  if (rows.length === 0) return { lines: [...above, ...wrap(look.say(options.empty), area.columns)] };
  const drawn = rows.slice(top, top + height).map((item, index): Line => {
    const here = top + index === selected;
    const row = fitLine(options.row(item, look, area.columns - MARK), area.columns - MARK);
    return [span(here ? '> ' : '  ', 'key'), ...(here ? toned(row, 'selected') : row)];
  });
  return {
    lines: withPosition([...above, ...drawn], above.length - 1, position(top, height, rows.length), area),
  };
}

/** Puts `12-20/40` at the right end of the row above the list, when there is one. */
function withPosition(lines: Line[], row: number, where: Line, area: Size): Line[] {
  const header = lines[row];
  const [part] = where;
  if (header === undefined || part === undefined) return lines;
  const left = fitLine(header, area.columns - part.text.length - 1);
  return lines.with(row, [...left, span(' '), ...where]);
}

function listSize<Row>(options: ListOptions<Row>, most: Size, look: Look): Size {
  const rows = options.rows();
  const inner = most.columns - MARK;
  const lines = rows.map((item) => options.row(item, look, inner));
  const above = sizeOf(aboveRows(options, most, look));
  const empty = sizeOf(wrap(look.say(options.empty), most.columns));
  const columns = Math.max(above.columns, rows.length === 0 ? empty.columns : sizeOf(lines).columns + MARK);
  return { columns: Math.min(most.columns, columns), rows: above.rows + Math.max(1, rows.length) };
}
