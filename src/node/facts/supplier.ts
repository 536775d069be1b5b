import type { Poll } from './ticker.ts';

/** Keeps one or a few sections up to date. A part of the world that is missing makes its section Unknown, never a throw. */
export interface Supplier {
  /** Begins to follow events; resolves when the first reading is there. */
  start?(): void | Promise<void>;
  stop?(): void | Promise<void>;
  polls?: readonly Poll[];
}
