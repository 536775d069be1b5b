import { say, type Words } from '../api/words.ts';
import { type Body, bodyLines } from './body.ts';
import { drawField, type FieldState, presentBeside } from './form-field.ts';
import type { Look, Size, View } from './page.ts';
import { inSight } from './scroll.ts';
import { fitText, type Line, lineWidth, shorten, span, textWidth, wrap } from './text.ts';

/** All that a form's picture depends on. */
export interface FormModel {
  readonly notes: Body;
  readonly fields: readonly FieldState[];
  readonly focus: number;
  readonly problem: Words | undefined;
  /** What is being done with the values, once that takes long enough to be told. */
  readonly working:
    | { readonly words: Words; readonly seconds: number; readonly fraction?: number }
    | undefined;
}

const MARK = 2;
const GAP = 2;

const labelWidth = (model: FormModel, look: Look): number =>
  Math.max(0, ...model.fields.map(({ field }) => textWidth(look.say(field.label))));

/** The last rows: what is wrong, else what is being done, else the help of the field that has the cursor. */
function statusLines(model: FormModel, look: Look, columns: number): Line[] {
  const { problem, working, fields, focus } = model;
  if (working !== undefined) {
    const percent = working.fraction === undefined ? '' : ` ${Math.round(working.fraction * 100)}%`;
    return wrap(`${look.say(working.words)}${percent} ... ${working.seconds} s`, columns, 'warn');
  }
  if (problem !== undefined) return wrap(`! ${look.say(problem)}`, columns, 'bad');
  const help = fields[focus]?.field.help;
  return help === undefined ? [] : wrap(look.say(help), columns, 'dim');
}

function fieldRow(
  model: FormModel,
  index: number,
  look: Look,
  columns: number,
): { line: Line; column: number } {
  const state = model.fields[index];
  if (state === undefined) return { line: [], column: 0 };
  const labels = labelWidth(model, look);
  const room = columns - MARK - labels - GAP;
  const here = index === model.focus;
  const drawn = drawField(state, look, room, here);
  const label = fitText(look.say(state.field.label), labels);
  return {
    line: [
      span(here ? '> ' : '  ', 'key'),
      span(label, here ? 'title' : 'label'),
      span('  '),
      ...drawn.line,
      ...presentSpans(state, look, room - lineWidth(drawn.line)),
    ],
    column: MARK + labels + GAP + drawn.column,
  };
}

function presentSpans(state: FieldState, look: Look, room: number): Line {
  const present = presentBeside(state, look);
  if (present === '' || room < LEAST_PRESENT) return [];
  return [span(shorten(`  ${look.say(NOW)} ${present}`, room), 'dim')];
}

const NOW = say('now', '当前');
/** With less room than this, nothing that could be read would stand there. */
const LEAST_PRESENT = 10;

/** Rows kept for the status, so that the window does not grow and shrink while one moves through it. */
function statusRows(model: FormModel, look: Look, columns: number): number {
  const helps = model.fields.map((_, focus) =>
    statusLines({ ...model, focus, problem: undefined, working: undefined }, look, columns),
  );
  return Math.max(2, statusLines(model, look, columns).length, ...helps.map((lines) => lines.length));
}

export function formSize(model: FormModel, most: Size, look: Look): Size {
  const notes = bodyLines(model.notes, look, most.columns);
  const fields = model.fields.map((_, index) => lineWidth(fieldRow(model, index, look, most.columns).line));
  const columns = Math.min(most.columns, Math.max(44, ...notes.map(lineWidth), ...fields));
  const above = notes.length > 0 ? notes.length + 1 : 0;
  return { columns, rows: above + fields.length + 1 + statusRows(model, look, columns) };
}

export function drawForm(model: FormModel, area: Size, look: Look): View {
  const status = statusLines(model, look, area.columns);
  const notes = bodyLines(model.notes, look, area.columns);
  const kept = statusRows(model, look, area.columns);
  const count = model.fields.length;
  // On a small screen the notes give way before the fields do.
  const noteRows = Math.max(0, Math.min(notes.length, area.rows - kept - 2 - Math.min(count, 6)));
  const above: Line[] = noteRows > 0 ? [...notes.slice(0, noteRows), []] : [];
  const room = Math.max(1, area.rows - above.length - kept - 1);
  const first = inSight(model.focus, model.focus, count, Math.min(room, count));
  const rows = model.fields
    .map((_, index) => fieldRow(model, index, look, area.columns))
    .slice(first, first + room);
  const focused = rows[model.focus - first];
  return {
    lines: [...above, ...rows.map(({ line }) => line), [], ...status],
    ...(focused &&
      model.working === undefined && {
        cursor: { row: above.length + model.focus - first, column: focused.column },
      }),
  };
}

export const EMPTY = (label: Words): Words => say(`${label.en} is empty`, `${label.zh}为空`);
