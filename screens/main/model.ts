import type { Facts } from '../../src/node/facts/schema.ts';

/** What the main screen knows: the controller's facts, and whether they are still coming. */
export interface NodeModel {
  facts: Partial<Facts>;
  link: ControllerLink;
}

/** `since` is wall time: when the controller was last heard. */
export type ControllerLink =
  | { state: 'connecting' }
  | { state: 'up' }
  | { state: 'lost'; since: number; why: string };

export const emptyModel = (): NodeModel => ({ facts: {}, link: { state: 'connecting' } });
