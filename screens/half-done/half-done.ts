import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import type { HalfDone, readHalfDone, retryHalfDone } from '../../src/api/jobs.ts';
import { say, type Words } from '../../src/api/words.ts';
import { faultMessage, message } from '../../src/tui/message.ts';
import type { Page } from '../../src/tui/page.ts';
import { progress } from '../../src/tui/progress.ts';
import type { Context } from '../context.ts';

const READ = reference<typeof readHalfDone>('journal.halfDone');
const RETRY = reference<typeof retryHalfDone>('journal.retry');

const TITLE = say('Stopped half-way', '中途停止');
const TRY = say('Try again', '重试');
const TRY_HELP = say('bring it to an end now: finished, or undone', '立即完成或撤销此更改');
const MENDED = say('Nothing is left half-way any more.', '已没有中途停止的更改。');

/** A window about changes that could be neither finished nor undone: what is so now, what would mend it, and another try. */
export function halfDonePage(context: Context, lines: readonly Words[], then: () => void): Page {
  const page = message({ title: TITLE, lines: [...lines], danger: true, then });
  const bindings = page.bindings.bind(page);
  const again = () => {
    context.stage.close(page);
    void tryAgain(context, then);
  };
  // Set on the page itself: the stage closes a page by its identity.
  page.bindings = () => [{ keys: ['t'], label: TRY, help: TRY_HELP, run: again }, ...bindings()];
  return page;
}

export const linesOf = (all: readonly HalfDone[]): Words[] =>
  all.flatMap(({ words, next }, at) => [...(at === 0 ? [] : [say('', '')]), words, next]);

async function tryAgain(context: Context, then: () => void): Promise<void> {
  const window = progress({ title: TRY });
  context.stage.open(window.page);
  try {
    const left = await context.controller().call(RETRY, {});
    context.stage.close(window.page);
    const lines = linesOf(left);
    context.stage.open(
      left.length === 0 ? message({ title: TRY, lines: [MENDED], then }) : halfDonePage(context, lines, then),
    );
  } catch (thrown) {
    context.stage.close(window.page);
    context.stage.open(faultMessage(Fault.from(thrown), TRY));
  }
}

/** Opens the window when there are such changes. */
export async function tellHalfDone(context: Context, then: () => void): Promise<void> {
  const all = await context.controller().call(READ, {});
  if (all.length > 0) context.stage.open(halfDonePage(context, linesOf(all), then));
}
