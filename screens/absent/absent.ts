import { say, type Words } from '../../src/api/words.ts';
import { message } from '../../src/tui/message.ts';
import type { Entry } from '../menu/entry.ts';

/** A menu entry whose action this version does not have: it opens, says so, and says what to do meanwhile. */
export const absentEntry = (
  label: Words,
  help: readonly Words[],
  meanwhile: Words,
  rest: Pick<Entry, 'roles' | 'value'> = {},
): Entry => ({
  label,
  help,
  ...rest,
  open: ({ stage }) =>
    stage.open(
      message({
        title: label,
        lines: [
          say('This version of the console cannot do this yet.', '此版本的控制台尚不支持该操作。'),
          meanwhile,
        ],
      }),
    ),
});
