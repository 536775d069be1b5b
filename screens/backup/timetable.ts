import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { setTimetable, Timetable } from '../../src/node/backup/schema.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { form } from '../../src/tui/form.ts';
import { faultMessage, message } from '../../src/tui/message.ts';
import type { Page } from '../../src/tui/page.ts';
import type { Context } from '../context.ts';

const LABEL = say('When the database is dumped', '自动备份时间表');
const SET = reference<typeof setTimetable>('database.setTimetable');

/** When the database is dumped by itself, and how many dumps are kept; filled with what is set now, and asks. */
export function timetableForm(context: Context, now: Timetable, after: () => Promise<void>): Page {
  let wanted = now;
  return form({
    title: LABEL,
    notes: [
      say(
        'Times of day, with blanks between them. Older dumps are removed only when a new one is whole.',
        '每天的时间，以空格分隔。只有新备份完成后才会删除旧备份。',
      ),
    ],
    fields: [
      {
        name: 'times',
        label: say('Daily at', '每天'),
        kind: 'text',
        value: now.times.join(' '),
        help: say('such as 00:30 12:30', '例如 00:30 12:30'),
      },
      { name: 'keep', label: say('Dumps kept', '保留份数'), kind: 'number', value: String(now.keep) },
    ],
    schema: async () => (await import('../../src/node/backup/schema.ts')).setTimetable.input,
    async submit(values) {
      const { setTimetable } = await import('../../src/node/backup/schema.ts');
      wanted = setTimetable.input.parse({ times: String(values.times), keep: Number(values.keep) });
    },
    done: () => context.stage.open(asked(context, now, wanted, after)),
  });
}

function asked(context: Context, now: Timetable, wanted: Timetable, after: () => Promise<void>): Page {
  if (wordsOf(now).en === wordsOf(wanted).en)
    return message({ title: LABEL, lines: [say('Nothing would change.', '没有需要更改的内容。')] });
  return confirm({
    title: LABEL,
    lines: [wordsOf(wanted)],
    yes: () => void carryOut(context, wanted, after),
  });
}

const wordsOf = ({ times, keep }: Timetable): Words =>
  say(
    `The database will be dumped daily at ${times.join(' ')}, and the newest ${keep} dumps are kept.`,
    `数据库将在每天 ${times.join(' ')} 备份，保留最新 ${keep} 份。`,
  );

async function carryOut(
  context: Context,
  { times, keep }: Timetable,
  after: () => Promise<void>,
): Promise<void> {
  try {
    await context.controller().call(SET, { times: times.join(' '), keep });
    await after();
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}
