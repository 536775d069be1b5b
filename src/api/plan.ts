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
  /** Cut off or failed, what is done of it stays: made again, it goes on from there. Its steps bear being repeated. */
  readonly resumes?: true;
}

/** A plan to be shown. An order that carries its digest makes this one and no other. */
export interface ShownPlan<S extends Step = Step> extends Plan<S> {
  readonly digest: string;
}

/** By which name a change keeps something, and what that is. */
export interface Keepsake<T extends object> {
  readonly name: string;
  /** Types only; never set. */
  readonly types?: T;
}

export const keepsake = <T extends object>(name: string): Keepsake<T> => ({ name });

/**
 * What the steps of one change keep to go back: hashes, files as they were. It lies beside the change's journal, where
 * only root reads it and nothing of it is shown or audited, and goes when the change has come to its end.
 */
export interface Kept {
  /** On the disk when it settles; takes the place of what was kept by that name. */
  keep<T extends object>(as: Keepsake<T>, value: T): Promise<void>;
  find<T extends object>(as: Keepsake<T>): Promise<T | undefined>;
  /** Throws when it is not there: a step that needs it cannot be done or undone. */
  read<T extends object>(as: Keepsake<T>): Promise<T>;
}

/** What a step has besides its own data while it is carried out. */
export interface Doing<G = unknown> {
  readonly kept: Kept;
  readonly signal: AbortSignal;
  /** What came along with the plan and is written down nowhere: secrets, live objects. */
  readonly given: G;
}

/** What it has on the way back, or when it is asked how it stands. */
export interface Returning<G = unknown> {
  /** Absent after a crash: what was in memory is gone then. */
  readonly given?: G | undefined;
  readonly kept: Kept;
}

/**
 * Carries out steps of one type. `undo` is called, newest step first, when a later step failed or the controller
 * died in between; it may be called again for a step that is undone already, and must then do nothing. `settle` is
 * asked about a step that was begun but not ended (it failed, or the controller died): `not done` promises that
 * nothing of it is left; a step that is half done must answer `done`, so that it is undone.
 */
export interface Executor<S extends Step = Step, G = unknown> {
  /** With this step, the last one, the change is decided: once it is `done` nothing is undone, even if it failed. */
  readonly decides?: true;
  /** Nothing of the step outlives the machine: where it cannot be undone, the next start brings back what was kept. */
  readonly rebootMends?: true;
  /** What of the step is compared with the one that a person saw: without what each planning makes up anew. Absent: all of it. */
  compared?(step: S): object;
  apply(step: S, on: Doing<G>): Promise<void>;
  undo(step: S, on: Returning<G>): Promise<void>;
  settle(step: S, on: Returning<G>): Promise<'done' | 'not done'>;
  /**
   * Removes what was there only for going back, once the change is finished. What it throws is no failure of the change:
   * as long as something is kept, it is asked again at each start.
   */
  forget?(step: S, kept: Kept): Promise<void>;
}

/** For `compared`: the number that a step goes by is made up, or the next one, at each planning. */
export const withoutId = ({ id: _id, ...step }: Step & { readonly id?: unknown }): object => step;

/** Who carries out which of these steps: none of their types may be missing. */
export type Executors<S extends Step, G = unknown> = {
  readonly [T in S['type']]: Executor<Extract<S, { type: T }>, G>;
};
