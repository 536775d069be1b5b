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

/** `<F2> System Configuration  <F12> ...`: as many bindings as fit, in their order; the last one (the help) always. */
export function footerLine(bindings: readonly Binding[], look: Look, width: number): Line {
  const entries = bindings.map((binding) => entry(binding, look)).filter((spans) => spans.length > 0);
  const last = entries.pop() ?? [];
  const row: Span[] = [];
  for (const spans of entries) {
    const next = [...row, ...spans, span('  ')];
    if (lineWidth(next) + lineWidth(last) > width) break;
    row.push(...spans, span('  '));
  }
  return [...row, ...last];
}
