import { say } from '../api/words.ts';
import type { Binding, Look } from './page.ts';
import { type Line, lineWidth, type Span, span } from './text.ts';

const NAMES: Record<string, string> = {
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  space: 'Space',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  insert: 'Ins',
  delete: 'Del',
  backspace: 'Backspace',
};

const GAP = '  ';
const MORE = say('more keys', '更多按键');

const MODIFIERS: Record<string, string> = { C: 'Ctrl+', S: 'Shift+', M: 'Alt+' };

/** A key as it is written on keyboards: `f2` is F2, `C-l` is Ctrl+L. */
export function keyLabel(key: string): string {
  const modified = /^([CSM])-(.+)$/.exec(key);
  if (modified) {
    const label = keyLabel(modified[2] ?? '');
    return `${MODIFIERS[modified[1] ?? '']}${label.length === 1 ? label.toUpperCase() : label}`;
  }
  return /^f\d+$/.test(key) ? key.toUpperCase() : (NAMES[key] ?? key);
}

function entry(binding: Binding, look: Look): Span[] {
  const [key = ''] = binding.keys;
  if (binding.label === undefined) return [];
  const off = binding.disabled?.() !== undefined;
  return [
    span(`<${keyLabel(key)}>`, off ? 'dim' : 'key'),
    span(` ${look.say(binding.label)}`, off ? 'dim' : 'plain'),
  ];
}

/**
 * `<F2> System Configuration  <F12> ...`, folded into at most so many rows. What does not fit even so is behind
 * `<?> more keys` at the end, so that no key vanishes without a word. @param help the key that lists all of them
 */
export function footerLines(
  bindings: readonly Binding[],
  help: string,
  look: Look,
  width: number,
  most: number,
): Line[] {
  const entries = bindings.map((binding) => entry(binding, look)).filter((spans) => spans.length > 0);
  const all = folded(entries, width);
  if (all.length <= most) return all;
  const more = [span(`<${keyLabel(help)}>`, 'key'), span(` ${look.say(MORE)}`)];
  for (let count = entries.length - 1; count > 0; count -= 1) {
    const rows = folded([...entries.slice(0, count), more], width);
    if (rows.length <= most) return rows;
  }
  return [more];
}

/** As many entries in each row as it holds. */
function folded(entries: readonly Line[], width: number): Line[] {
  const rows: Line[] = [];
  for (const spans of entries) {
    const last = rows.at(-1);
    const joined = last === undefined ? undefined : [...last, span(GAP), ...spans];
    if (joined !== undefined && lineWidth(joined) <= width) rows[rows.length - 1] = joined;
    else rows.push(spans);
  }
  return rows;
}
