import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import type { ShownPlan } from '../../src/api/plan.ts';
import { say } from '../../src/api/words.ts';
import type { changeSystem, planSystem, SystemChangeInput } from '../../src/node/system-settings/schema.ts';
import { faultMessage } from '../../src/tui/message.ts';
import type { Page } from '../../src/tui/page.ts';
import { type Before, planView } from '../../src/tui/plan-view.ts';
import { progress } from '../../src/tui/progress.ts';
import type { Context } from '../context.ts';

const PLAN = reference<typeof planSystem>('system.plan');
const CHANGE = reference<typeof changeSystem>('system.change');

/**
 * The plan of a change as a page, which makes it after Y. Rejects when it does not fit. `then` runs at the end, `made`
 * before that when the change was made.
 */
export async function proposed(
  context: Context,
  change: SystemChangeInput,
  then: () => void,
  made: () => void = () => undefined,
): Promise<Page> {
  const plan = await context.controller().call(PLAN, change);
  return planPage({ context, change, then, made }, plan);
}

interface Proposal {
  context: Context;
  change: SystemChangeInput;
  then(): void;
  made(): void;
}

function planPage(proposal: Proposal, plan: ShownPlan, before?: Before): Page {
  const { change } = proposal;
  const yes = (why: string) => void carryOut(proposal, plan, why);
  const danger = change.kind === 'ssh' && !change.on;
  return planView({ plan, danger, ...(before && { before }), yes });
}

/** As `proposed`, from where there is no form: what does not fit is said in a window. */
export async function proposeNow(
  context: Context,
  change: SystemChangeInput,
  then: () => void,
): Promise<void> {
  const page = await proposed(context, change, then).catch((thrown) => faultMessage(Fault.from(thrown)));
  context.stage.open(page);
}

async function carryOut(proposal: Proposal, { title, digest }: ShownPlan, why: string): Promise<void> {
  const { context, change, then: ended, made } = proposal;
  let isSet = false;
  let isLeft = false;
  const background = () => {
    isLeft = true;
  };
  const then = () => isSet && made();
  const window = progress({ title, background, then });
  context.stage.open(window.page);
  try {
    await context
      .controller()
      .call(
        CHANGE,
        { ...change, why, seen: digest },
        { onProgress: ({ words, fraction }) => window.step(words, fraction) },
      );
    isSet = true;
    window.done(say('It is set.', '设置完成。'));
    if (isLeft) made();
  } catch (thrown) {
    const fault = Fault.from(thrown);
    window.failed(fault);
    if (fault.plan !== undefined) {
      context.stage.close(window.page);
      return context.stage.open(planPage(proposal, fault.plan, { words: fault.words, why }));
    }
  }
  ended();
}
