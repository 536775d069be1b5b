import { implement, type Run } from '../../../../api/action.ts';
import { type Feature, feature } from '../../../../api/feature.ts';
import type { Executor } from '../../../../api/plan.ts';
import { personOf } from '../../../../system/person.ts';
import type { Followers } from '../follow.ts';
import { currentId } from '../kept.ts';
import type { NetworkPlaces } from '../places.ts';
import { planNetworkReset, resetNetwork } from '../schema/reset.ts';
import { finishReset, reset } from './apply.ts';
import { planReset } from './draft.ts';
import { type ResetInput, type ResetPlan, type ResetStep, type TellStep, topOf } from './step.ts';
import { notTold, tell, tellStep } from './tell.ts';

/** The emergency reset: what can be asked for, and who carries out which step. */
export function resetFeature(places: NetworkPlaces, followers: Followers): Feature {
  const plan = (input: ResetInput) => wholePlan(places, followers, input);
  return feature<ResetStep | TellStep>({
    actions: [
      implement(planNetworkReset, async (input, run) => run.show(await plan(input))),
      implement(resetNetwork, async ({ why, seen: _, ...input }, run) => {
        const whole = await plan(input);
        run.agreed(whole);
        return carryOut(whole, why, run);
      }),
    ],
    executors: { 'network.reset': resetting(places), 'network.tell': telling(followers) },
  });
}

async function wholePlan(places: NetworkPlaces, followers: Followers, input: ResetInput): Promise<ResetPlan> {
  const plan = await planReset(places, input);
  const [reset] = plan.steps;
  // Whatever is wrong with the others is no reason not to reset.
  const held = await followers.held().catch(() => undefined);
  if (held === undefined || held === reset.address) return plan;
  return { ...plan, steps: [reset, tellStep(topOf(reset), held)] };
}

/** Services that are busy with another change do not hold the reset up: it is made by then. */
async function carryOut(
  { title, steps }: ResetPlan,
  why: string,
  run: Run<never, ResetStep | TellStep>,
): Promise<{ copy: string }> {
  const [reset, ...after] = steps;
  const asked = { ...reset, who: await personOf(run.caller), why };
  await run.carryOut({ title, steps: [asked], warnings: [] });
  if (after.length > 0)
    await run
      .holding('services', () => run.carryOut({ title, steps: after, warnings: [] }))
      .catch((thrown) => {
        throw notTold(thrown);
      });
  return { copy: reset.copy };
}

const resetting = (places: NetworkPlaces): Executor<ResetStep> => ({
  compared: ({ id: _id, copy: _copy, links, ...step }) => ({
    ...step,
    links: links.map(({ uuid: _uuid, ...link }) => link),
  }),
  apply: (step) => reset(places, step),
  // Going back from an emergency is asked for by a person, from the history or the copy.
  undo: async () => {},
  async settle(step) {
    if ((await currentId(places)) !== step.id) return 'not done';
    await finishReset(places, step);
    return 'done';
  },
});

const telling = (followers: Followers): Executor<TellStep> => ({
  apply: (step) => tell(followers, step),
  undo: async () => {},
  // Cut off, it is not begun again by itself: whoever sets the management network ends it.
  settle: async () => 'not done',
});
