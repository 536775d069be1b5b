import type { Plan } from '../api/plan.ts';
import { say, type Words } from '../api/words.ts';
import { type Body, bodyLines } from './body.ts';
import { confirm } from './confirm.ts';
import { message } from './message.ts';
import type { Look, Page, Stage } from './page.ts';
import { askReason } from './reason.ts';
import { type Line, span, wrap, wrapText } from './text.ts';

export interface PlanViewOptions {
  plan: Plan;
  danger?: boolean;
  before?: Before;
  /** Said under the steps, before the question. */
  notes?: Body;
  /** @param why the reason that was given for the record; empty when none was */
  yes(why: string): void;
  no?(): void;
}

/** There was another plan, which somebody said yes to, and which is no longer what would be made. */
export interface Before {
  /** Why it is not. */
  words: Words;
  /** The reason that was given for the record. */
  why: string;
}

const MARGIN = 4;
const NOTHING = say('Nothing would change.', '没有需要更改的内容。');
const QUESTION = say('Make this change?', '确认更改？');
const CARRY_OUT = say('Carry it out', '执行');
const REASON = say('Reason', '原因');
const REASON_HELP = say('say why, for the record', '填写原因，留作记录');

/** Rows with a mark before the first and blanks before the others. */
const marked = (mark: Line[number], text: string, columns: number, tone: Line[number]['tone']): Line[] =>
  wrapText(text, columns - MARGIN).map((row, index) => [
    index === 0 ? mark : span(' '.repeat(MARGIN)),
    span(row, tone),
  ]);

function stepLines(plan: Plan, look: Look, columns: number): Line[] {
  return plan.steps.flatMap((step, index) =>
    marked(span(`${index + 1}.`.padStart(3).padEnd(MARGIN), 'label'), look.say(step.words), columns, 'plain'),
  );
}

const warningLines = (plan: Plan, look: Look, columns: number): Line[] =>
  plan.warnings.flatMap((words) => marked(span('  ! ', 'warn'), look.say(words), columns, 'warn'));

function planLines(
  { plan, notes = [], before }: PlanViewOptions,
  why: string,
  look: Look,
  columns: number,
): Line[] {
  const parts = [
    before === undefined ? [] : wrap(look.say(before.words), columns, 'warn'),
    stepLines(plan, look, columns),
    warningLines(plan, look, columns),
    bodyLines(notes, look, columns),
    why === '' ? [] : wrap(`${look.say(REASON)}: ${why}`, columns, 'label'),
    [[span(look.say(QUESTION))]],
  ].filter((part) => part.length > 0);
  return parts.flatMap((part, index) => (index > 0 ? [[], ...part] : part));
}

const nothing = ({ title, warnings }: Plan, before: Before | undefined): Page =>
  message({
    title,
    lines: [
      ...(before === undefined ? [] : [before.words]),
      ...(warnings.length === 0 ? [NOTHING] : warnings),
    ],
  });

/** Shows a change before it is made, or that there is nothing to make: its steps, what to be careful of, then Y or N; a key takes the reason. */
export function planView(options: PlanViewOptions): Page {
  const { plan, danger = false, before, yes, no } = options;
  if (plan.steps.length === 0) return nothing(plan, before);
  let why = before?.why ?? '';
  const reason = (stage: Stage | undefined) => {
    const page = askReason(why, (given) => {
      why = given;
    });
    stage?.open(page);
  };
  return confirm({
    title: plan.title,
    danger,
    lines: (look, columns) => planLines(options, why, look, columns),
    yesLabel: CARRY_OUT,
    keys: (stage) => [{ keys: ['r', 'R'], label: REASON, help: REASON_HELP, run: () => reason(stage) }],
    yes: () => yes(why),
    ...(no && { no }),
  });
}
