import { Fault } from '../api/fault.ts';
import type { ShownPlan } from '../api/plan.ts';
import { tell } from './print.ts';

/** A node that goes on changing is nothing to be changed by a script. */
const MOST_TRIES = 5;

/**
 * Makes a plan, and when the node has changed meanwhile the one that holds now: whoever looks at plans is shown that
 * one too, and who said yes beforehand said it to whatever comes, but hears of it.
 * @param make shows and orders one plan; answers false when nobody wants it
 * @returns the plan that was made; undefined when none was
 */
export async function asShown(
  plan: ShownPlan,
  make: (plan: ShownPlan) => Promise<boolean>,
): Promise<ShownPlan | undefined> {
  for (let shown = plan, tries = 1; ; tries += 1) {
    try {
      return (await make(shown)) ? shown : undefined;
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (fault.plan === undefined || tries === MOST_TRIES) throw fault;
      tell(fault.words.en);
      shown = fault.plan;
    }
  }
}
