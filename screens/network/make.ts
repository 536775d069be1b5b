import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import type { watchJob } from '../../src/api/jobs.ts';
import type { ShownPlan } from '../../src/api/plan.ts';
import { say } from '../../src/api/words.ts';
import type { ChangeInput } from '../../src/node/network/change/schema/change.ts';
import type { PendingChange } from '../../src/node/network/change/schema/pending.ts';
import type {
  keepChange,
  makeChange,
  planChange,
  takeBackChange,
  watchPending,
} from '../../src/node/network/change/schema.ts';
import { faultMessage, message } from '../../src/tui/message.ts';
import type { Page } from '../../src/tui/page.ts';
import { type Before, planView } from '../../src/tui/plan-view.ts';
import type { Context } from '../context.ts';
import { halfDonePage } from '../half-done/half-done.ts';
import { Countdown } from './countdown.ts';

const PLAN = reference<typeof planChange>('network.plan');
const MAKE = reference<typeof makeChange>('network.change');
const WATCH = reference<typeof watchPending>('network.watchPending');
const KEEP = reference<typeof keepChange>('network.keep');
const TAKE_BACK = reference<typeof takeBackChange>('network.takeBack');
const JOB = reference<typeof watchJob>('jobs.watch');

/** Field names that travel inside `change` are the form's own. */
function ownField(thrown: unknown): Fault {
  const fault = Fault.from(thrown);
  const field = fault.field?.split('.').at(-1);
  return field === undefined
    ? fault
    : new Fault(fault.kind, fault.words, { field, ...(fault.next && { next: fault.next }) });
}

/**
 * Shows what a change would do and makes it when that is wanted. Rejects when it does not fit, before anything is
 * opened. `then` runs when it has ended, whichever way; `kept` before it is said that the change is kept.
 */
export async function propose(
  context: Context,
  change: ChangeInput,
  then: () => void,
  kept: () => void = () => undefined,
): Promise<() => void> {
  const proposal = { context, change, then, kept };
  try {
    const plan = await context.controller().call(PLAN, { change });
    return () => context.stage.open(planPage(proposal, plan));
  } catch (thrown) {
    throw ownField(thrown);
  }
}

interface Proposal {
  context: Context;
  change: ChangeInput;
  then(): void;
  kept(): void;
}

function planPage(proposal: Proposal, plan: ShownPlan, before?: Before): Page {
  const yes = (why: string) => void carryOut(proposal, { why, seen: plan.digest });
  return planView({ plan, ...(before && { before }), yes, no: proposal.then });
}

/** As `propose`, from where there is no form: what does not fit is said in a window. */
export async function proposeNow(context: Context, change: ChangeInput, then: () => void): Promise<void> {
  try {
    (await propose(context, change, then))();
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown)));
  }
}

async function carryOut(proposal: Proposal, agreed: { why: string; seen: string }): Promise<void> {
  const { context, change, then, kept } = proposal;
  const window = countdownFor(context);
  context.stage.open(window);
  const over = new AbortController();
  try {
    const connection = context.controller();
    const { job: id } = await connection.start(MAKE, { change, unattended: false, ...agreed });
    const told = connection.call(
      WATCH,
      {},
      { signal: over.signal, onItem: ({ pending }) => pending && window.tell(pending) },
    );
    told.catch(() => undefined);
    const job = await connection.call(JOB, { id });
    if (job.fault !== undefined) throw Fault.fromRecord(job.fault);
    context.stage.close(window);
    kept();
    context.stage.open(message({ title: job.title, lines: [KEPT], then }));
  } catch (thrown) {
    const fault = Fault.from(thrown);
    context.stage.close(window);
    const { why } = agreed;
    if (fault.plan !== undefined)
      return context.stage.open(planPage(proposal, fault.plan, { words: fault.words, why }));
    context.stage.open(failure(context, fault, then));
    then();
  } finally {
    over.abort();
  }
}

const KEPT = say('The change is made and kept.', '更改已完成并保留。');
const NOT_MADE = say('Not changed', '未更改');

const failure = (context: Context, fault: Fault, then: () => void): Page =>
  fault.half === true
    ? halfDonePage(context, [fault.words, ...(fault.next ? [fault.next] : [])], then)
    : faultMessage(fault, NOT_MADE);

function countdownFor(context: Context): Countdown {
  const answer = (action: typeof KEEP) => (id: string) => {
    context
      .controller()
      .call(action, { id })
      .catch((thrown) => context.stage.open(faultMessage(Fault.from(thrown))));
  };
  return new Countdown({ keep: answer(KEEP), takeBack: answer(TAKE_BACK) });
}

/**
 * A change that another session made and that waits: this one may confirm it too. Answers, when none waits any more,
 * whether to go on: not when its window was left, for by then the password session may have ended as well.
 */
export async function joinPending(context: Context): Promise<boolean> {
  const window = countdownFor(context);
  let joined = false;
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = () => {
      over.abort();
      const left = joined && !window.isOpen;
      context.stage.close(window);
      resolve(!left);
    };
    const onItem = ({ pending }: { pending?: PendingChange }) => {
      if (pending === undefined) return end();
      if (!joined) context.stage.open(window);
      joined = true;
      window.tell(pending);
    };
    context.controller().call(WATCH, {}, { signal: over.signal, onItem }).catch(end);
  });
}
