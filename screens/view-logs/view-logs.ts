import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type { LogFile, listLogs, readLog } from '../../src/node/logs/schema.ts';
import { form } from '../../src/tui/form.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage } from '../../src/tui/message.ts';
import { reader } from '../../src/tui/reader.ts';
import { fitLine, type Line, line, span } from '../../src/tui/text.ts';
import { Wrapped } from '../../src/tui/wrapped.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import type { Entry } from '../menu/entry.ts';
import { stickKey } from '../usb-stick/usb-stick.ts';
import { CHANGES_LABEL, openChanges } from './changes.ts';

const LABEL = say('View Logs', '查看日志');
const LIST = reference<typeof listLogs>('logs.list');
const READ = reference<typeof readLog>('logs.read');
/** The row that is no log. */
const CHANGES = 'changes';
const LINES = 500;
/** That are kept while it is followed. */
const MOST_LINES = 10_000;
/** Before the second row of a long line. */
const INDENT = 4;

/** Logs on the screen, as they are written, with or without a filter. */
export const viewLogsEntry: Entry = {
  label: LABEL,
  help: [
    say(
      'Logs on the screen: their last lines, then each new one. Passwords are masked.',
      '在屏幕上查看日志的最后若干行并实时跟踪。密码会被屏蔽。',
    ),
  ],
  read: async (context) => {
    const logs = await context.controller().call(LIST, {});
    const size = bytes(logs.reduce((sum, log) => sum + log.size, 0));
    return [say(`${logs.length} logs, ${size} in files`, `${logs.length} 个日志，文件共 ${size}`)];
  },
  open: (context) => open(context),
};

async function open(context: Context): Promise<void> {
  try {
    const logs = await context.controller().call(LIST, {});
    context.stage.open(
      list<LogFile | typeof CHANGES>({
        title: LABEL,
        rows: () => [CHANGES, ...logs],
        row: (log, look) =>
          log === CHANGES
            ? [span(' '.repeat(9)), span(look.say(CHANGES_LABEL))]
            : [...fitLine([span(log.size > 0 ? bytes(log.size) : '')], 9), span(log.name)],
        open: (log) => (log === CHANGES ? openChanges(context) : follow(context, log, '')),
        openLabel: say('Show', '查看'),
        keys: (selected) => [
          {
            keys: ['f3'],
            label: say('With filter', '过滤'),
            help: say('only lines that hold a word', '仅显示包含某个词的行'),
            run: () => askFilter(context, selected()),
          },
          stickKey(context),
        ],
        empty: say('there are no logs', '没有日志'),
      }),
    );
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}

function askFilter(context: Context, log: LogFile | typeof CHANGES | undefined): void {
  if (log === undefined || log === CHANGES) return;
  context.stage.open(
    form({
      title: LABEL,
      fields: [{ name: 'filter', label: say('Lines with', '包含'), kind: 'text', columns: 40 }],
      submit: async ({ filter }) => void follow(context, log, String(filter)),
    }),
  );
}

/** The last lines of a log over the whole screen, long ones wrapped, and each new one. */
async function follow(context: Context, { name }: LogFile, filter: string): Promise<void> {
  const { stage } = context;
  const stop = new AbortController();
  const lines = new Wrapped(MOST_LINES, INDENT);
  const title = filter === '' ? name : `${name}: ${filter}`;
  let state: Words | undefined = say('no line yet', '尚无内容');
  const add = (added: readonly Line[]) => {
    lines.add(added);
    state = undefined;
    stage.refresh();
  };
  stage.open(
    reader({
      title: same(title),
      follow: true,
      rows: (_, columns) => lines.rows(columns),
      status: (look) => state && line(look.say(state), 'warn'),
      left: () => stop.abort(),
    }),
  );
  try {
    const reading = { name, lines: LINES, follow: true, filter };
    await context.controller().call(READ, reading, {
      signal: stop.signal,
      onItem: (news) => add(news.lines.map((text) => line(text))),
    });
  } catch (thrown) {
    add([line(`! ${stage.look.say(Fault.from(thrown).words)}`, 'bad')]);
  }
}
