import { Fault } from '../api/fault.ts';
import { reasonProblem } from '../api/reason.ts';
import { say } from '../api/words.ts';
import { form } from './form.ts';
import type { Page } from './page.ts';

export const REASON = say('Reason, for the record (may stay empty):', '原因，留作记录（可不填）：');
const TITLE = say('Reason for this change', '更改原因');
const LABEL = say('Reason', '原因');
const HELP = say(
  'For whoever looks through the records later: a ticket number, say.',
  '供日后查阅记录的人参考，例如工单号。',
);
const COLUMNS = 40;

/** Asks for the reason of what a window is about to do. @param then gets what was typed, empty when it was emptied */
export const askReason = (now: string, then: (why: string) => void): Page =>
  form({
    title: TITLE,
    fields: [
      {
        name: 'why',
        label: LABEL,
        kind: 'text',
        help: HELP,
        value: now,
        columns: COLUMNS,
        optional: true,
      },
    ],
    submit: async ({ why = '' }) => {
      const problem = reasonProblem(String(why));
      if (problem !== undefined) throw new Fault('usage', problem, { field: 'why' });
      then(String(why));
    },
  });
