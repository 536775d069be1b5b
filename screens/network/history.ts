import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { HistoryEntry, keepPresent, readHistory } from '../../src/node/network/change/schema.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage, message } from '../../src/tui/message.ts';
import { fitLine, span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { day, minuteTime } from '../format.ts';
import { proposeNow } from './make.ts';

const HISTORY = reference<typeof readHistory>('network.history');
const KEEP_PRESENT = reference<typeof keepPresent>('network.keepPresent');
const BACK = say('Go back to it', '恢复到此状态');

/** The kept states, newest first: what each changed, and the way back to it. */
export async function openHistory(context: Context, then: () => void): Promise<void> {
  try {
    const entries = await context.controller().call(HISTORY, {});
    context.stage.open(historyList(context, entries, then));
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown)));
  }
}

const KEEP = say('Keep now', '保留当前');
const KEEP_HELP = say('the network of now is the kept one from now on', '以当前网络作为保留的状态');

/** For what others changed: nothing is changed by it. */
async function keepNow(context: Context, then: () => void): Promise<void> {
  try {
    await context.controller().call(KEEP_PRESENT, {});
    await openHistory(context, then);
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown)));
  }
}

const historyList = (context: Context, entries: readonly HistoryEntry[], then: () => void) =>
  list<HistoryEntry>({
    title: say('History of the network', '网络历史'),
    kind: 'screen',
    rows: () => entries,
    row: (entry, look) => [
      ...fitLine([span(entry.id === 0 ? '-' : String(entry.id))], 6),
      ...fitLine([span(`${day(entry.time)} ${minuteTime(entry.time)}`)], 18),
      ...fitLine([span(look.say(entry.title))], 36),
      ...(entry.failed === undefined ? [] : [span(`! ${look.say(TAKEN_BACK)}  `, 'warn')]),
      span(entry.who),
      span(entry.why === '' ? '' : `  ${entry.why}`, 'label'),
    ],
    openLabel: say('What it changed', '更改内容'),
    open: (entry) => context.stage.open(differenceWindow(entry)),
    keys: (selected) => [
      { keys: ['k'], label: KEEP, help: KEEP_HELP, run: () => void keepNow(context, then) },
      {
        keys: ['r'],
        label: BACK,
        help: BACK,
        run: () => {
          const entry = selected();
          if (entry !== undefined && entry.id !== 0)
            void proposeNow(context, { kind: 'restore', id: entry.id }, then);
        },
      },
    ],
    empty: say('Nothing was changed yet.', '尚无更改。'),
  });

const TAKEN_BACK = say('taken back', '已还原');

const differenceWindow = ({ title, who, difference, why, failed }: HistoryEntry) =>
  message({
    title,
    lines: [
      plain(who),
      ...(why === '' ? [] : [say(`Reason: ${why}`, `原因：${why}`)]),
      ...(failed === undefined ? [] : [failed]),
      ...(difference.length === 0
        ? [say('The first state that was seen.', '首次记录的状态。')]
        : difference.map(plain)),
    ],
  });

const plain = (text: string): Words => say(text, text);
