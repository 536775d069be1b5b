import type { Words } from './words.ts';

/** One step of a change: pure data. `type` picks the executor; the rest is what that executor needs. No secrets in it. */
export interface Step {
  readonly type: string;
  /** What the person reads before Y and while it runs. */
  readonly words: Words;
}

/** A change before it is made: shown before Y, printed by `--dry-run`, written into the journal. */
export interface Plan<S extends Step = Step> {
  readonly title: Words;
  readonly steps: readonly S[];
  /** What the person should know before saying Y. */
  readonly warnings: readonly Words[];
}

/**
 * Carries out steps of one type. `undo` is called, newest step first, when a later step failed or the controller
 * died in between; it may be called again for a step that is undone already, and must then do nothing. `settle` is
 * asked about a step that was begun but not ended (it failed, or the controller died): `not done` promises that
 * nothing of it is left; a step that is half done must answer `done`, so that it is undone.
 */
export interface Executor<S extends Step = Step> {
  /** With this step, the last one, the change is decided: once it is `done` nothing is undone, even if it failed. */
  readonly decides?: true;
  /** Nothing of the step outlives the machine: where it cannot be undone, the next start brings back what was kept. */
  readonly rebootMends?: true;
  apply(step: S, signal: AbortSignal): Promise<void>;
  undo(step: S): Promise<void>;
  settle(step: S): Promise<'done' | 'not done'>;
}
