import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { diagnose, Finding } from '../../src/node/diagnose/schema.ts';
import { type Progress, progress } from '../../src/tui/progress.ts';
import { fitLine, type Line, span, textWidth } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import type { Entry } from '../menu/entry.ts';

const LABEL = say('Diagnose', '诊断');
const DIAGNOSE = reference<typeof diagnose>('diagnose.run');

/** Looks for known troubles and says what to do about each. */
export const diagnoseEntry: Entry = {
  label: LABEL,
  help: [say('Looks for known troubles and says what to do about each.', '检查已知问题并给出处理方法。')],
  open: (context) => open(context),
};

async function open(context: Context): Promise<void> {
  const stop = new AbortController();
  const leave = () => {
    stop.abort();
    context.stage.close(window.page);
  };
  const window = progress({ title: LABEL, stop: leave });
  context.stage.open(window.page);
  const speak = (words: Words) => context.stage.look.say(words);
  try {
    const findings = await context.controller().call(
      DIAGNOSE,
      {},
      {
        signal: stop.signal,
        onItem: (finding) => {
          for (const row of rows(finding, speak)) window.line(row);
        },
      },
    );
    window.done(summary(findings));
  } catch (thrown) {
    window.failed(Fault.from(thrown));
  }
}

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
/** What is longer gets rows of its own, where it is wrapped rather than cut. */
const SHORT = 24;

const rows = (
  { state, title, evidence, remedy }: Finding,
  speak: (words: Words) => string,
): (Line | Words)[] => {
  const head = [SIGNS[state], ...fitLine([span(speak(title), 'label')], TITLE_COLUMNS)];
  const isShort = textWidth(speak(evidence)) <= SHORT;
  return [
    isShort ? [...head, span(speak(evidence))] : head,
    ...(isShort ? [] : [evidence]),
    ...(remedy === undefined ? [] : [say(`-> ${remedy.en}`, `-> ${remedy.zh}`)]),
  ];
};

function summary(findings: readonly Finding[]): Words {
  const count = findings.filter(({ state }) => state === 'bad').length;
  if (count === 0) return say('no known trouble found', '未发现已知问题');
  return say(`${count} of ${findings.length} want a person`, `${findings.length} 项中有 ${count} 项需要处理`);
}
