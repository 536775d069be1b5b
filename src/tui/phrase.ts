import { reasonProblem } from '../api/reason.ts';
import { say, type Words } from '../api/words.ts';
import { type Body, bodyLines, readable, sizeOf } from './body.ts';
import { type Edit, edit, editText, insert, visible } from './edit.ts';
import { editBindings } from './edit-keys.ts';
import type { Look, Page, Stage } from './page.ts';
import { REASON } from './reason.ts';
import { ScrollingRows } from './scroll.ts';
import { fitText, type Line, span, textWidth, wrap } from './text.ts';

export interface PhraseOptions {
  title: Words;
  lines: Body;
  /** What must be typed, to the letter. */
  phrase: string;
  danger?: boolean;
  /** The reason that was given already. */
  why?: string;
  /** @param why the reason that was given for the record; empty when none was */
  yes(why: string): void;
  /** Runs when it was left by Esc. */
  no?(): void;
}

/** What is wrong with a phrase; undefined when it is right. Nearly right says what differs. */
export function phraseProblem(typed: string, phrase: string): Words | undefined {
  if (typed === phrase) return undefined;
  if (typed === '') return say(`Nothing typed: it must be ${phrase}`, `未输入：需要输入 ${phrase}`);
  if (typed.trim() === phrase) return say('There is a space before or after it.', '前面或后面多了空格。');
  if (typed.replace(/\s+/g, ' ').trim() === phrase)
    return say('There are too many spaces in it.', '中间的空格太多。');
  if (typed.replace(/\s/g, '') === phrase.replace(/\s/g, ''))
    return say('The spaces differ.', '空格不一致。');
  if (typed.toLowerCase() === phrase.toLowerCase())
    return say('Capital and small letters differ.', '大小写不一致。');
  return say(`That is not it: it must be ${phrase}`, `不一致：需要输入 ${phrase}`);
}

const SUBMIT = say('Confirm', '确认');
const LEAVE = say('Leave without a change', '放弃');
const OTHER = say('to the other field', '切换字段');
/** Widest that the reason's field gets. */
const REASON_COLUMNS = 56;

/** Asks to type a phrase to the letter, where a mere Y would be too little, and for the reason, which may stay empty. */
export function phrase({
  title,
  lines,
  phrase: wanted,
  danger = false,
  why: given = '',
  yes,
  no,
}: PhraseOptions): Page {
  let stage: Stage | undefined;
  let lineOf = { phrase: edit(''), why: edit(given) };
  let here: keyof typeof lineOf = 'phrase';
  let problem: Words | undefined;
  const rows = new ScrollingRows();

  const submit = () => {
    const why = editText(lineOf.why).trim();
    problem = phraseProblem(editText(lineOf.phrase), wanted) ?? reasonProblem(why);
    if (problem !== undefined) return;
    stage?.close(page);
    yes(why);
  };
  const change = (editing: (line: Edit) => Edit) => {
    lineOf = { ...lineOf, [here]: editing(lineOf[here]) };
    problem = undefined;
  };
  const ask = say(`Type ${wanted} to confirm:`, `请输入 ${wanted} 以确认：`);
  const fields = (look: Look, columns: number): Foot => {
    const asked = wrap(look.say(ask), columns);
    const reason = wrap(look.say(REASON), columns, 'label');
    const typed = drawn(lineOf.phrase, Math.max(20, textWidth(wanted) + 6));
    const given = drawn(lineOf.why, Math.min(columns, REASON_COLUMNS));
    const said = problem === undefined ? [[]] : wrap(look.say(problem), columns, 'bad');
    const cursor =
      here === 'phrase'
        ? { row: asked.length, column: typed.column }
        : { row: asked.length + 1 + reason.length, column: given.column };
    return { lines: [...asked, typed.line, ...reason, given.line, ...said], cursor };
  };

  const page: Page = {
    kind: 'window',
    title,
    danger,
    opened(on) {
      stage = on;
    },
    wants(most, look) {
      const columns = readable(most);
      return sizeOf([...bodyLines(lines, look, columns), [], ...fields(look, columns).lines]);
    },
    draw(area, look) {
      const foot = fields(look, area.columns);
      const room = { ...area, rows: Math.max(1, area.rows - foot.lines.length - 1) };
      const body = rows.draw(bodyLines(lines, look, area.columns), room, look);
      const { row, column } = foot.cursor;
      return { lines: [...body, [], ...foot.lines], cursor: { row: body.length + 1 + row, column } };
    },
    typed(text) {
      change((line) => insert(line, text));
      return true;
    },
    bindings: () => [
      { keys: ['enter'], label: SUBMIT, help: SUBMIT, run: submit },
      {
        keys: ['tab', 'S-tab', 'up', 'down'],
        label: here === 'phrase' ? say('Reason', '原因') : say('Phrase', '确认文字'),
        help: OTHER,
        run: () => {
          here = here === 'phrase' ? 'why' : 'phrase';
        },
      },
      {
        keys: ['escape'],
        label: LEAVE,
        help: LEAVE,
        run: () => {
          stage?.close(page);
          no?.();
        },
      },
      ...rows.pageBindings(),
      ...editBindings(change),
    ],
  };
  return page;
}

/** The rows that are always in sight, and the cursor in them. */
interface Foot {
  lines: readonly Line[];
  cursor: { row: number; column: number };
}

function drawn(line: Edit, width: number): { line: Line; column: number } {
  const { text, column } = visible(line, width);
  return { line: [span(fitText(text, width), 'field')], column };
}
