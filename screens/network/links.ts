import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { Link, NetworkState } from '../../src/node/network/change/schema/state.ts';
import type { readNetwork, watchNetwork } from '../../src/node/network/change/schema.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage } from '../../src/tui/message.ts';
import type { Binding, Look, Page } from '../../src/tui/page.ts';
import { type Line, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { tellHalfDone } from '../half-done/half-done.ts';
import { joinPending } from './make.ts';
import { headerRow, linkRow } from './rows.ts';

const READ = reference<typeof readNetwork>('network.read');
const WATCH = reference<typeof watchNetwork>('network.watch');

/** One entry of the menu: which links it lists, and what its keys do. */
export interface Choice {
  title: Words;
  /** Which links are listed. */
  wanted(link: Link): boolean;
  notes?: Words[];
  open(context: Context, link: Link, state: NetworkState, again: () => void): void;
  openLabel: Words;
  keys?(work: Work): Binding[];
}

/** What the keys of a list work on. */
export interface Work {
  context: Context;
  state(): NetworkState;
  selected(): Link | undefined;
  again(): void;
}

/** Reads the links, and opens the list of those that are meant; it is read again after each change. */
export async function openLinks(context: Context, choice: Choice): Promise<void> {
  try {
    if (!(await joinPending(context))) return;
    let state = await context.controller().call(READ, {});
    const show = (now: NetworkState) => {
      tellGone(context, state, now);
      state = now;
      context.stage.refresh();
    };
    const again = () => {
      context
        .controller()
        .call(READ, {})
        .then(show, (thrown) => context.stage.open(faultMessage(Fault.from(thrown))));
    };
    const over = new AbortController();
    void follow(context, show, over.signal);
    const page = linkList(context, choice, () => state, again);
    // Set on the page itself: the stage closes a page by its identity.
    page.closed = () => over.abort();
    context.stage.open(page);
    await tellHalfDone(context, again);
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown)));
  }
}

const AGAIN = 2_000;

/** What others change is shown too, also after the controller was away. */
async function follow(
  context: Context,
  show: (now: NetworkState) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await context.controller().call(WATCH, {}, { signal, onItem: show });
    } catch {
      // It is away: what was shown stays, and the main screen says so.
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

/** Somebody else may have taken away or renamed what a form is open for. */
function tellGone(context: Context, before: NetworkState, now: NetworkState): void {
  for (const link of before.links.filter(({ present }) => present)) {
    const same = now.links.find((each) => isSame(each, link));
    if (same?.name === link.name && same.present) continue;
    const { name } = link;
    const words =
      same === undefined || !same.present
        ? say(`${name} is not there any more`, `${name} 已不存在`)
        : say(`${name} is called ${same.name} now`, `${name} 现名 ${same.name}`);
    context.stage.notice(words, 'warn');
  }
}

const isSame = (a: Link, b: Link): boolean =>
  a.index === undefined || b.index === undefined ? a.name === b.name : a.index === b.index;

function linkList(context: Context, choice: Choice, state: () => NetworkState, again: () => void): Page {
  return list<Link>({
    title: choice.title,
    kind: 'screen',
    notes: (look, columns) => [
      ...kernelOnly(state(), look, columns),
      ...(choice.notes ?? []).flatMap((words) => wrap(look.say(words), columns)),
    ],
    header: headerRow,
    rows: () => state().links.filter(choice.wanted),
    row: (link, look, columns) => linkRow({ link, state: state(), model: context.model }, look, columns),
    same: isSame,
    open: (link) => choice.open(context, link, state(), again),
    openLabel: choice.openLabel,
    ...(choice.keys && { keys: (selected) => choice.keys?.({ context, state, selected, again }) ?? [] }),
    empty: say('There is no such link.', '没有这样的网络接口。'),
  });
}

/** Said above the links while NetworkManager tells nothing of them. */
function kernelOnly({ withoutManager: why }: NetworkState, look: Look, columns: number): Line[] {
  if (why === undefined) return [];
  const words = say(
    `! ${why.en}: this is what the kernel has, and nothing can be changed.`,
    `! ${why.zh}：以下为内核所见，无法更改。`,
  );
  return wrap(look.say(words), columns, 'warn');
}
