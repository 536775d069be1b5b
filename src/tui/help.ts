import { say } from '../api/words.ts';
import { keyLabel } from './footer.ts';
import type { Binding, Look, Page, Stage } from './page.ts';
import { inSight, scrollBindings } from './scroll.ts';
import { fitText, type Line, lineWidth, span } from './text.ts';

const TITLE = say('Keys', '按键');
const NOT_NOW = say('not now', '当前不可用');
const CLOSE = say('Close', '关闭');

function helpLines(bindings: readonly Binding[], look: Look): Line[] {
  const rows = bindings.map((binding) => ({ keys: binding.keys.map(keyLabel).join(' '), binding }));
  const width = Math.max(0, ...rows.map(({ keys }) => keys.length));
  return rows.map(({ keys, binding }) => [
    span(fitText(keys, width), 'key'),
    span(`  ${look.say(binding.help)}`),
    ...disabled(binding, look),
  ]);
}

/** Why it does not work is said when the key is pressed. */
const disabled = (binding: Binding, look: Look): Line =>
  binding.disabled?.() === undefined ? [] : [span(` (${look.say(NOT_NOW)})`, 'dim')];

/** A window with every key that works on a page, made from the bindings themselves. */
export function helpPage(bindings: readonly Binding[]): Page {
  let stage: Stage | undefined;
  let top = 0;
  let height = 1;
  const close = () => stage?.close(page);
  const move = (by: number) => {
    top = Math.max(0, Math.min(bindings.length - height, top + by));
    stage?.refresh();
  };
  const page: Page = {
    kind: 'window',
    title: TITLE,
    opened(on) {
      stage = on;
    },
    wants: (most, look) => {
      const lines = helpLines(bindings, look);
      return { columns: Math.max(...lines.map(lineWidth)), rows: Math.min(most.rows, lines.length) };
    },
    draw(area, look) {
      height = area.rows;
      top = inSight(top, top, bindings.length, height);
      return { lines: helpLines(bindings, look).slice(top, top + height) };
    },
    bindings: () => [
      { keys: ['escape', 'enter', 'f1', '?'], label: CLOSE, help: CLOSE, run: close },
      ...scrollBindings(move, () => height),
    ],
  };
  return page;
}
