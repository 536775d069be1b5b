import type { Node } from './blessed.ts';
import type { Widget } from './page.ts';
import type { Layer, Pane } from './pane.ts';
import type { Tone } from './text.ts';

type Library = typeof import('./history.ts');

/** Colours as the widgets' library names them. */
const COLORS: Partial<Record<Tone, string>> = { good: 'green', bar: 'green', warn: 'yellow', bad: 'red' };

interface Shown {
  readonly shape: string;
  readonly node: Node;
  update(widget: Widget): void;
}

export interface Widgets {
  /** Makes the pane's drawings those of the layer. They appear once the library is there. */
  place(pane: Pane, layer: Layer): void;
}

/** What must stay for a drawing to be only updated; otherwise it is made anew. */
const shapeOf = ({ kind, row, column, columns, rows }: Widget): string =>
  [kind, row, column, columns, rows].join();

/** @param color false: drawn in the terminal's own colour. @param ready called once, when the library has been loaded. */
export function createWidgets(color: boolean, ready: () => void): Widgets {
  const shown = new WeakMap<Pane, Shown[]>();
  let library: Library | undefined;
  let loading = false;

  // Loaded at the first use: its cost must not stand before the first picture.
  const load = async () => {
    loading = true;
    library = await import('./history.ts');
    ready();
  };

  return {
    place(pane, { widgets, frame }) {
      if (widgets.length === 0 && !shown.has(pane)) return;
      if (library === undefined) {
        if (!loading) void load();
        return;
      }
      const { History, Gauge } = library;
      const inset = frame === undefined ? { row: 0, column: 0 } : { row: 1, column: 2 };
      const before = shown.get(pane) ?? [];
      const now = widgets.map(
        (widget, index) =>
          keep(before[index], widget) ?? create({ History, Gauge }, pane, widget, inset, color),
      );
      for (const old of before) if (!now.includes(old)) old.node.detach();
      widgets.forEach((widget, index) => {
        now[index]?.update(widget);
      });
      if (now.length > 0) shown.set(pane, now);
      else shown.delete(pane);
    },
  };
}

const keep = (before: Shown | undefined, widget: Widget): Shown | undefined =>
  before?.shape === shapeOf(widget) ? before : undefined;

interface Inset {
  readonly row: number;
  readonly column: number;
}

/** The library's boxes get their canvas when they are attached, so this must come after their making. */
function attached(widget: object, pane: Pane): Node {
  const node = widget as Node;
  pane.append(node);
  return node;
}

function create(
  { History, Gauge }: Pick<Library, 'History' | 'Gauge'>,
  pane: Pane,
  widget: Widget,
  inset: Inset,
  color: boolean,
): Shown {
  const options = {
    screen: pane.screen,
    // A row ends in an escape sequence, which wrapping would take for text that is too long.
    wrap: false,
    left: widget.column + inset.column,
    top: widget.row + inset.row,
    width: widget.columns,
    height: widget.rows,
  };
  const colorOf = (tone: Tone) => (color && COLORS[tone]) || 'normal';
  const shape = shapeOf(widget);
  if (widget.kind === 'gauge') {
    const gauge = new Gauge({ ...options, stroke: colorOf(widget.tone), fill: 'white' });
    return {
      shape,
      node: attached(gauge, pane),
      update: (next) => next.kind === 'gauge' && gauge.setPercent(next.percent),
    };
  }
  const history = new History(options);
  return {
    shape,
    node: attached(history, pane),
    update(next) {
      if (next.kind !== 'history') return;
      history.setColor(colorOf(next.tone));
      history.setData(next.values);
    },
  };
}
