import type { Words } from '../../../api/words.ts';
import type { AddressMove, Following } from './plan/management.ts';
import type { FollowStep, NetworkPlan } from './plan/steps.ts';

/** What a move of the management address means for the services of this node. */
export interface FollowPlan {
  /** Absent: nothing here holds the old address. */
  following?: Following;
  words: Words;
  warnings: Words[];
}

/** Those of this node that know its management address. */
export interface Followers {
  /** The address that they know the node by; undefined where none of them knows any. */
  held(): Promise<string | undefined>;
  plan(move: AddressMove): Promise<FollowPlan>;
  /** Throws when they do not work with the new one. */
  apply(following: Following): Promise<void>;
  /** Back to the old one, from any point of `apply`. */
  undo(following: Following): Promise<void>;
  /** The change is kept: what was left for going back goes. */
  forget(following: Following): Promise<void>;
}

/** On nodes where nothing but the network knows the address. */
export const NO_FOLLOWERS: Followers = {
  held: async () => undefined,
  plan: async () => ({ words: { en: '', zh: '' }, warnings: [] }),
  apply: async () => {},
  undo: async () => {},
  forget: async () => {},
};

/** The plan with the followers' step before the last one, the keeping. */
export function withFollowers(plan: NetworkPlan, { following, words, warnings }: FollowPlan): NetworkPlan {
  const more = [...plan.warnings, ...warnings];
  if (following === undefined) return { ...plan, warnings: more };
  const step: FollowStep = { type: 'network.follow', following, words };
  return { ...plan, steps: [...plan.steps.slice(0, -1), step, ...plan.steps.slice(-1)], warnings: more };
}
