import type { Facts, NodeFacts } from './schema.ts';

/**
 * Where the controller gets its facts from. Events (links, services, VMs) are followed all the time; what must be
 * polled is read only while somebody watches, once for all of them.
 */
export interface FactsSource {
  /** Begins to follow events. Never throws for a part that is missing: that part is Unknown with the reason. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The latest of every section this source owns. */
  current(): NodeFacts;
  /** While at least one watcher is there, polled figures are read. The listener gets the sections that changed. */
  watch(listener: (changed: Partial<Facts>) => void): () => void;
}
