import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import type { Deed, readChanges } from '../../src/api/jobs.ts';
import { say } from '../../src/api/words.ts';
import { faultMessage } from '../../src/tui/message.ts';
import type { Look } from '../../src/tui/page.ts';
import { reader } from '../../src/tui/reader.ts';
import { capital, type Line, line, span, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { clockTime, day } from '../format.ts';
import { whoWords } from '../main/panels/changes.ts';

const CHANGES = reference<typeof readChanges>('audit.changes');
export const CHANGES_LABEL = say('Changes on this node: who, when, why', '本节点的更改：人员、时间、原因');
const NONE = say('nothing was changed yet', '尚无更改');
/** Before what belongs to the change above. */
const INDENT = 4;

/** Every change that was made or tried here, the latest first, from the records. */
export async function openChanges(context: Context): Promise<void> {
  try {
    const deeds = await context.controller().call(CHANGES, {});
    context.stage.open(
      reader({
        title: CHANGES_LABEL,
        rows: (look, columns) =>
          deeds.length === 0
            ? [line(look.say(NONE))]
            : deeds.flatMap((deed) => deedLines(deed, look, columns)),
      }),
    );
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), CHANGES_LABEL));
  }
}

function deedLines({ at, caller, title, why, failed }: Deed, look: Look, columns: number): Line[] {
  const head = `${day(at)} ${clockTime(at)}  ${capital(look.say(title))}  (${look.say(whoWords(caller))})`;
  const under = (text: string, tone: 'label' | 'warn'): Line[] =>
    wrap(text, columns - INDENT, tone).map((row) => [span(' '.repeat(INDENT)), ...row]);
  return [
    ...wrap(head, columns),
    ...(why === undefined ? [] : under(look.say(say(`Reason: ${why}`, `原因：${why}`)), 'label')),
    ...(failed === undefined ? [] : under(`! ${look.say(failed)}`, 'warn')),
  ];
}
