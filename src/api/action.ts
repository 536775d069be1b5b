import type { z } from 'zod';
import type { Plan, Step } from './plan.ts';
import type { Words } from './words.ts';

/** look: anybody who reaches the socket. password: a session opened with the root password, or root by peer credentials (scripts). */
export type Access = 'look' | 'password';

/** change: takes the exclusive lane and is journaled. */
export type Effect = 'read' | 'change';

/**
 * The declaration of one thing the node can do: shared by those who ask for it (console, scripts, cluster) and
 * the one place that carries it out. `Output` is what it answers, `Item` what it streams meanwhile.
 */
export interface Action<Input extends z.ZodType = z.ZodType, Output = unknown, Item = unknown> {
  /** `feature.verb`, for example `network.ping`. */
  readonly name: string;
  readonly input: Input;
  readonly access: Access;
  readonly effect: Effect;
  /** A long one becomes a job: the call answers with the job's number at once, and the job outlives the caller. */
  readonly long: boolean;
  /** Types only; never set. */
  readonly types?: { output: Output; item: Item };
}

type Declaration<Input extends z.ZodType> = Pick<Action<Input>, 'name' | 'input' | 'access' | 'effect'> & {
  long?: boolean;
};

/** Declares an action: `defineAction<Output, Item>()({ name, input, access, effect })`. It lives in the feature's schema.ts. */
export const defineAction =
  <Output, Item = never>() =>
  <Input extends z.ZodType>(declaration: Declaration<Input>): Action<Input, Output, Item> => ({
    long: false,
    ...declaration,
  });

export type InputOf<A> = A extends Action<infer I, unknown, unknown> ? z.input<I> : never;
export type OutputOf<A> = A extends Action<z.ZodType, infer O, unknown> ? O : never;
export type ItemOf<A> = A extends Action<z.ZodType, unknown, infer T> ? T : never;

/** Who asks. `uid` and `pid` come from the kernel; `line` is the caller's terminal (`tty1`, `pts/0`) or `-`. */
export interface Caller {
  uid: number;
  pid: number;
  line: string;
  /** `console`, `script` or `cluster`. */
  program: string;
}

/** What a running action may do besides computing its answer. */
export interface Run<Item = never> {
  readonly caller: Caller;
  /** Aborted when the caller cancels, or goes away (jobs excepted: those only by cancel). */
  readonly signal: AbortSignal;
  /** Streams one item to the caller. */
  emit(item: Item): void;
  /** Says what is being done now: shown in the progress window and kept with the job. */
  progress(words: Words, fraction?: number): void;
  /** Carries a plan out step by step, each written into the journal before and after. */
  carryOut(plan: Plan<Step>): Promise<void>;
}

/** An action together with the code that carries it out. It lives in the feature's actions.ts. */
export interface Implementation {
  readonly action: Action;
  readonly run: (input: unknown, run: Run<unknown>) => Promise<unknown>;
}

/** Ties the code to its declaration, with the types checked here and forgotten after. */
export function implement<I extends z.ZodType, O, T>(
  action: Action<I, O, T>,
  run: (input: z.output<I>, run: Run<T>) => Promise<O>,
): Implementation {
  return { action, run: run as Implementation['run'] };
}
