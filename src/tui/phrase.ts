import { say, type Words } from '../api/words.ts';
import { type Body, bodyLines, readable, sizeOf } from './body.ts';
import { edit, editText, insert, visible } from './edit.ts';
import { editBindings } from './edit-keys.ts';
import type { Look, Page, Stage } from './page.ts';
import { fitText, type Line, span, textWidth, wrap } from './text.ts';

export interface PhraseOptions {
  title: Words;
  lines: Body;
  /** What must be typed, to the letter. */
  phrase: string;
  danger?: boolean;
  yes(): void;
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

/** Asks to type a phrase to the letter, where a mere Y would be too little. */
export function phrase({ title, lines, phrase: wanted, danger = false, yes }: PhraseOptions): Page {
  let stage: Stage | undefined;
  let typed = edit('');
  let problem: Words | undefined;

  const submit = () => {
    problem = phraseProblem(editText(typed), wanted);
    if (problem !== undefined) return;
    stage?.close(page);
    yes();
  };
  const change = (next: typeof typed) => {
    typed = next;
    problem = undefined;
  };
  const ask = say(`Type ${wanted} to confirm:`, `请输入 ${wanted} 以确认：`);
  const fieldWidth = Math.max(20, textWidth(wanted) + 6);
  const above = (look: Look, columns: number): Line[] => [
    ...bodyLines(lines, look, columns),
    [],
    ...wrap(look.say(ask), columns),
  ];
  const below = (look: Look, columns: number): Line[] =>
    problem === undefined ? [[]] : wrap(look.say(problem), columns, 'bad');

  const page: Page = {
    kind: 'window',
    title,
    danger,
    opened(on) {
      stage = on;
    },
    wants(most, look) {
      const columns = readable(most);
      return sizeOf([...above(look, columns), [span(' '.repeat(fieldWidth))], ...below(look, columns)]);
    },
    draw(area, look) {
      const before = above(look, area.columns);
      const { text, column } = visible(typed, fieldWidth);
      const field: Line = [span(fitText(text, fieldWidth), 'field')];
      return {
        lines: [...before, field, ...below(look, area.columns)],
        cursor: { row: before.length, column },
      };
    },
    typed(text) {
      change(insert(typed, text));
      return true;
    },
    bindings: () => [
      { keys: ['enter'], label: SUBMIT, help: SUBMIT, run: submit },
      {
        keys: ['escape'],
        label: LEAVE,
        help: LEAVE,
        run: () => stage?.close(page),
      },
      ...editBindings((next) => change(next(typed))),
    ],
  };
  return page;
}
