import type { Fault, FaultKind } from '../api/fault.ts';
import { say, type Words } from '../api/words.ts';
import { type Body, bodyLines, readable, sizeOf } from './body.ts';
import type { Page, Stage } from './page.ts';
import { ScrollingRows } from './scroll.ts';

export interface MessageOptions {
  title: Words;
  lines: Body;
  danger?: boolean;
  /** Runs after the window has been closed. */
  then?(): void;
}

const CLOSE = say('Close', '关闭');

/** A window that says something, and is closed by Enter or Esc. What does not fit scrolls. */
export function message({ title, lines, danger = false, then }: MessageOptions): Page {
  let stage: Stage | undefined;
  const rows = new ScrollingRows();
  const close = () => {
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
      { keys: ['enter', 'escape'], label: CLOSE, help: CLOSE, run: close },
      ...rows.bindings(),
    ],
  };
  return page;
}

const TITLES: Record<FaultKind, Words> = {
  usage: say('Wrong input', '输入有误'),
  notFound: say('Not found', '未找到'),
  conflict: say('Not possible now', '当前无法执行'),
  refused: say('Refused', '已拒绝'),
  unavailable: say('Not available', '不可用'),
  timeout: say('No answer in time', '超时未应答'),
  failed: say('Failed', '失败'),
  internal: say('A defect of this program', '程序内部错误'),
};

/** A window that says what went wrong, why, and what can be done next. */
export function faultMessage(fault: Fault, title: Words = TITLES[fault.kind]): Page {
  const next = fault.next === undefined ? [] : [say('', ''), fault.next];
  return message({ title, lines: [fault.words, ...next] });
}
