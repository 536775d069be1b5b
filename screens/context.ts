import type { Connection } from '../src/api/client.ts';
import type { Role } from '../src/api/role.ts';
import type { Stage } from '../src/tui/page.ts';
import type { NodeModel } from './main/model.ts';

/** What every screen gets: the frame, what is known of the node, and the ways to ask. */
export interface Context {
  readonly stage: Stage;
  readonly model: NodeModel;
  role(): Role;
  /** The open connection to the controller. Throws `unavailable` while it does not answer. */
  controller(): Connection;
  /** Runs at every key, until the answered function is called. */
  onKey(listener: () => void): () => void;
  /** Runs whenever facts came or the link changed, until the answered function is called. */
  onFacts(listener: () => void): () => void;
  /** Asks guard, which answers even when the controller is dead. */
  guard<T>(use: (guard: Connection) => Promise<T>): Promise<T>;
}
