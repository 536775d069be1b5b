import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { diagnose, Finding } from '../../src/node/diagnose/schema.ts';
import type { Look } from '../../src/tui/page.ts';
import type { Progress } from '../../src/tui/progress.ts';
import { reader } from '../../src/tui/reader.ts';
import { fitLine, type Line, line, span, textWidth, wrapLine } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import type { Entry } from '../menu/entry.ts';
import { attentionValue } from '../menu/values.ts';

const LABEL = say('Diagnose', '诊断');
const DIAGNOSE = reference<typeof diagnose>('diagnose.run');

/** Looks for known troubles and says what to do about each. */
export const diagnoseEntry: Entry = {
  label: LABEL,
  help: [say('Looks for known troubles and says what to do about each.', '检查已知问题并给出处理方法。')],
  value: attentionValue,
  open: (context) => open(context),
};

/** Findings as they come, the bad ones first; from the start, over the whole screen. */
async function open(context: Context): Promise<void> {
  const { stage } = context;
  const stop = new AbortController();
  const found: Finding[] = [];
  let state: Words = say('looking ...', '检查中……');
  let failed: Fault | undefined;
  const page = reader({
    title: LABEL,
    rows: (look, columns) => [...faultRows(failed, look, columns), ...pageRows(found, look, columns)],
    status: (look) => line(look.say(state), failed === undefined ? 'label' : 'bad'),
    left: () => stop.abort(),
  });
  stage.open(page);
  const tell = (finding: Finding) => {
    found.push(finding);
    state = say(`looking ... ${found.length} looked at`, `检查中……已检查 ${found.length} 项`);
    stage.refresh();
  };
  try {
    state = summary(await context.controller().call(DIAGNOSE, {}, { signal: stop.signal, onItem: tell }));
  } catch (thrown) {
    failed = Fault.from(thrown);
    state = say('could not look at everything', '未能完成检查');
  }
  stage.refresh();
}

const ORDER: readonly Finding['state'][] = ['bad', 'unknown', 'good'];

const pageRows = (found: readonly Finding[], look: Look, columns: number): Line[] =>
  ORDER.flatMap((state) => found.filter((finding) => finding.state === state)).flatMap((finding) =>
    rows(finding, (words) => look.say(words), columns - INDENT_COLUMNS - TITLE_COLUMNS).flatMap((row) =>
      drawn(row, look, columns),
    ),
  );

const drawn = (row: Line | Words, look: Look, columns: number): Line[] =>
  'en' in row ? wrapLine([...INDENT, span(look.say(row))], columns, INDENT_COLUMNS) : [row];

const INDENT_COLUMNS = 4;
const INDENT: Line = [span(' '.repeat(INDENT_COLUMNS))];

const faultRows = (fault: Fault | undefined, look: Look, columns: number): Line[] =>
  fault === undefined ? [] : wrapLine([span(`! ${look.say(fault.words)}`, 'bad')], columns);

/** Adds what is wrong on this node to a window in which something has failed. Says nothing when it cannot look. */
export async function tellTroubles(context: Context, window: Progress): Promise<void> {
  window.step(say('looking for the cause', '查找原因'));
  const speak = (words: Words) => context.stage.look.say(words);
  const findings = await context
    .controller()
    .call(DIAGNOSE, {})
    .catch(() => []);
  for (const finding of findings.filter(({ state }) => state === 'bad'))
    for (const row of rows(finding, speak)) window.line(row);
}

const SIGNS = { good: span('ok  ', 'good'), bad: span('!   ', 'bad'), unknown: span('n/a ', 'dim') } as const;

const TITLE_COLUMNS = 30;
/** Evidence that is longer than the room beside the title gets rows of its own, where it is wrapped rather than cut. */
const ROOM_IN_WINDOW = 24;

const rows = (
  { state, title, evidence, remedy }: Finding,
  speak: (words: Words) => string,
  room = ROOM_IN_WINDOW,
): (Line | Words)[] => {
  const head = [SIGNS[state], ...fitLine([span(speak(title), 'label')], TITLE_COLUMNS)];
  const isShort = textWidth(speak(evidence)) <= room;
  return [
    isShort ? [...head, span(speak(evidence))] : head,
    ...(isShort ? [] : [evidence]),
    ...(remedy === undefined ? [] : [say(`-> ${remedy.en}`, `-> ${remedy.zh}`)]),
  ];
};

function summary(findings: readonly Finding[]): Words {
  const count = findings.filter(({ state }) => state === 'bad').length;
  if (count === 0) return say('no known trouble found', '未发现已知问题');
  return say(
    `${count} of ${findings.length} need attention`,
    `${findings.length} 项中有 ${count} 项需要处理`,
  );
}
