import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import type { Role } from '../../api/role.ts';
import type { Words } from '../../api/words.ts';

/** What stands in the way of setting the node up. A network without an address can be waited for, all else cannot. */
export interface Obstacle {
  kind: 'network' | 'machine';
  words: Words;
  next: Words;
}

export interface FirstBootState {
  role: Role;
  /** It has not come to its end yet: each boot begins it. */
  wanted: boolean;
  obstacles: Obstacle[];
}

/** What there is to know before the node is set up. */
export const readFirstBoot = defineAction<FirstBootState>()({
  name: 'firstBoot.read',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

/**
 * Sets up and starts what the node's role needs, with generated passwords. What is done already is found and left, so it
 * can be run again at any time. Streams what was come by on the way; answers where to go first.
 */
export const runFirstBoot = defineAction<{ ready: Words }, Words>()({
  name: 'firstBoot.run',
  input: z.object({}),
  access: ['password'],
  lane: 'services',
  long: true,
});
