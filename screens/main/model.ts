import type { Role } from '../../src/api/role.ts';
import type { Words } from '../../src/api/words.ts';
import type { Facts } from '../../src/node/facts/schema.ts';

/** What the main screen knows: the controller's facts, and whether they are still coming. */
export interface NodeModel {
  facts: Partial<Facts>;
  link: ControllerLink;
  /** What the console itself sees of the node: all there is until the controller is heard for the first time. */
  self?: { role?: Role; hostname: string };
}

/** The node's role; a node without one is a management node. */
export const roleOf = ({ facts, self }: NodeModel): Role =>
  facts.identity?.role ?? self?.role ?? 'management';

/** Whether the controller was ever heard. */
export const wasHeard = ({ facts }: NodeModel): boolean => facts.identity !== undefined;

/** `since` is wall time: when the controller was last heard. */
export type ControllerLink =
  | { state: 'connecting' }
  | { state: 'up' }
  | { state: 'lost'; since: number; why: Words };

export const emptyModel = (): NodeModel => ({ facts: {}, link: { state: 'connecting' } });
