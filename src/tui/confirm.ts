import { say, type Words } from '../api/words.ts';
import { type Body, bodyLines, readable, sizeOf } from './body.ts';
import type { Binding, Page, Stage } from './page.ts';
import { ScrollingRows } from './scroll.ts';

export interface ConfirmOptions {
  title: Words;
  lines: Body;
  danger?: boolean;
  yesLabel?: Words;
  keys?(stage: Stage | undefined): readonly Binding[];
  yes(): void;
  /** Runs when it was answered with no or left by Esc. */
  no?(): void;
}

const YES = say('Yes', '是');
const NO = say('No', '否');

/** Asks for Y or N. Enter does nothing: a key pressed once too often must not say yes. */
export function confirm({
  title,
  lines,
  danger = false,
  yesLabel = YES,
  keys = () => [],
  yes,
  no,
}: ConfirmOptions): Page {
  let stage: Stage | undefined;
  const rows = new ScrollingRows();
  const answer = (then?: () => void) => {
    stage?.close(page);
    then?.();
  };
  const page: Page = {
    kind: 'window',
    title,
    danger,
    opened(on) {
      stage = on;
    },
    wants: (most, look) => sizeOf(bodyLines(lines, look, readable(most))),
    draw: (area, look) => ({ lines: rows.draw(bodyLines(lines, look, area.columns), area, look) }),
    bindings: () => [
      { keys: ['Y', 'y'], label: yesLabel, help: yesLabel, run: () => answer(yes) },
      { keys: ['N', 'n', 'escape'], label: NO, help: NO, run: () => answer(no) },
      ...keys(stage),
      ...rows.bindings(),
    ],
  };
  return page;
}
