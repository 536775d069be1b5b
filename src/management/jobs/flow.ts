import type { Kysely } from 'kysely';
import type { FaultKind } from '../../api/fault.ts';
import type { Order } from './order.ts';

/** What a step works with. */
export interface StepDoing {
  /** The job's uuid, and one for this step of it: whoever does something for it does it once for that key. */
  readonly job: string;
  readonly key: string;
  /**
   * Ends when the service stops, and the job goes on at the next start; on the way forward also when the job is
   * cancelled or out of time, and it is undone then.
   */
  readonly signal: AbortSignal;
  readonly order: Order;
}

/**
 * One step of a job. What it does outside may be done again after the service was killed, so it must be the same when
 * done twice; what it writes is there together with the record that the step is done, or not at all.
 */
export interface Step<C> {
  /** What a person reads. */
  readonly name: string;
  /** Does it outside of the store; what it answers is kept for the steps behind it. */
  run?(context: C, on: StepDoing): Promise<Partial<C> | undefined>;
  /** Writes what is true now; what it answers, such as what it chose, is kept together with that. */
  record?(database: Kysely<object>, context: C, now: number): Promise<Partial<C> | undefined> | Promise<void>;
  /** Takes it back outside, also when it was half done, or not begun. */
  undo?(context: C, on: StepDoing): Promise<void>;
  /** Writes that it is taken back. */
  forget?(database: Kysely<object>, context: C, now: number): Promise<void>;
  /** Kinds of faults after which it is tried again, so many times. */
  readonly retry?: { readonly times: number; readonly kinds: readonly FaultKind[] };
}

/** Steps in order; the context is plain JSON and holds no secret. */
export interface Flow<C = object> {
  readonly name: string;
  readonly steps: readonly Step<C>[];
  /** The call's answer once all steps are done. */
  answer(context: C, database: Kysely<object>): Answer | Promise<Answer>;
}

type Answer = Readonly<Record<string, unknown>>;

export const flow = <C extends object>(given: Flow<C>): Flow => given as unknown as Flow;
