import { say } from '../../src/api/words.ts';
import type { Timetable } from '../../src/node/backup/schema.ts';
import { form } from '../../src/tui/form.ts';
import type { Page } from '../../src/tui/page.ts';
import type { Context } from '../context.ts';

/** When the database is dumped by itself, and how many dumps are kept; filled with what is set now. */
export function timetableForm(context: Context, now: Timetable, after: () => Promise<void>): Page {
  return form({
    title: say('When the database is dumped', '自动备份时间表'),
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
    async submit({ times, keep }) {
      const { setTimetable } = await import('../../src/node/backup/schema.ts');
      await context.controller().call(setTimetable, { times: String(times), keep: Number(keep) });
    },
    done: () => void after().catch(() => undefined),
  });
}
