import type { z } from 'zod';
import type { Plan, ShownPlan, Step } from './plan.ts';
import type { Words } from './words.ts';

/**
 * Who may ask for it. look: anybody who reaches the socket. password: a session opened with the root password, or
 * root by peer credentials (scripts). cluster: the node's own link to its cluster, which may ask for nothing else.
 */
export type Access = 'look' | 'password' | 'cluster';

/**
 * What of the node a change has for itself while it is made. Changes of different scopes do not wait for each other;
 * `node` excludes all others. services: those of the node's role with all they keep (database, broker, settings,
 * licence). system: the machine's own settings and its accounts. guests: VMs and what they stand on.
 */
export type Scope = 'node' | 'network' | 'services' | 'system' | 'guests';

/**
 * The declaration of one thing the node can do: shared by those who ask for it (console, scripts, cluster) and
 * the one place that carries it out. `Output` is what it answers, `Item` what it streams meanwhile.
 */
export interface Action<
  Input extends z.ZodType = z.ZodType,
  Output = unknown,
  Item = unknown,
  Name extends string = string,
> {
  /** `feature.verb`, for example `network.ping`. */
  readonly name: Name;
  readonly input: Input;
  readonly access: readonly [Access, ...Access[]];
  /** With a lane it is a change: made alone in its scope, on record before it begins, and by journaled plans. */
  readonly lane: Scope | 'none';
  /** What of its scope the change has for itself: those about different things do not wait for each other. Absent: all of it. */
  about?(input: z.output<Input>): string;
  /** count: it says nothing when recorded one by one (a key was pressed, a window follows a job). */
  readonly record: 'each' | 'count';
  /** Must work when nothing else does: waits for no lane and no record. */
  readonly urgent: boolean;
  /** A long one becomes a job: the call answers with the job's number at once, and the job outlives the caller. */
  readonly long: boolean;
  /** What it is called where changes are told, of one that makes no plan: plans have titles of their own. */
  told?(input: z.output<Input>): Words;
  /** Types only; never set. */
  readonly types?: { output: Output; item: Item };
}

type Declaration<Input extends z.ZodType, Name extends string> = Pick<
  Action<Input, unknown, unknown, Name>,
  'name' | 'input' | 'access' | 'lane' | 'about' | 'told'
> &
  Partial<Pick<Action, 'record' | 'urgent' | 'long'>>;

/**
 * Declares an action: `defineAction<Output, Item>()({ name, input, access, lane })`. It lives in the feature's
 * schema.ts. What anybody may look at is counted, everything else recorded one by one, unless `record` says otherwise.
 */
export const defineAction =
  <Output, Item = never>() =>
  <Input extends z.ZodType, const Name extends string>(
    declaration: Declaration<Input, Name>,
  ): Action<Input, Output, Item, Name> => ({
    long: false,
    urgent: false,
    record: declaration.access.includes('look') && declaration.lane === 'none' ? 'count' : 'each',
    ...declaration,
  });

export type NameOf<A> = A extends Action<z.ZodType, unknown, unknown, infer N> ? N : never;
export type InputOf<A> = A extends Action<infer I, unknown, unknown> ? z.input<I> : never;
export type OutputOf<A> = A extends Action<z.ZodType, infer O, unknown> ? O : never;
export type ItemOf<A> = A extends Action<z.ZodType, unknown, infer T> ? T : never;

/** Who asks. `uid` and `pid` come from the kernel; `line` is the caller's terminal (`tty1`, `pts/0`) or `-`. */
export interface Caller {
  uid: number;
  pid: number;
  line: string;
  /** `console`, `script`, or `CLUSTER`. */
  program: string;
}

/** What the node's link to its cluster calls itself. Nobody on the socket may. */
export const CLUSTER = 'cluster';

/**
 * What a running action may do besides computing its answer. `S` are the steps that it may carry out, `G` what these
 * need besides what is written down: secrets, live objects.
 */
export interface Run<Item = never, S extends Step = never, G = undefined> {
  readonly caller: Caller;
  /** Aborted when the caller cancels, or goes away (jobs excepted: those only by cancel). */
  readonly signal: AbortSignal;
  /** Streams one item to the caller. */
  emit(item: Item): void;
  /** Says what is being done now: shown in the progress window and kept with the job. */
  progress(words: Words, fraction?: number): void;
  /** A plan as a person is to see it before Y. */
  show(plan: Plan<S>): ShownPlan<S>;
  /**
   * Throws `conflict`, with the plan, when the caller was shown another one. `carryOut` asks by itself; who does
   * something before it, makes a plan in parts, or finds nothing to do, asks first.
   */
  agreed(plan: Plan<S>): void;
  /** Carries a plan out step by step, each written into the journal before and after. */
  carryOut(plan: Plan<S>, ...given: [G] extends [undefined] ? [] : [given: G]): Promise<void>;
  /**
   * Does the work with one more scope held, for what turns out to reach further than the declared one. Scopes are
   * taken in the order guests, network or system, then services; nothing takes them the other way round. Throws
   * `conflict`.
   */
  holding<T>(scope: Scope, work: () => Promise<T>): Promise<T>;
}

/** An action together with the code that carries it out. It lives in the feature's actions.ts. */
export interface Implementation<S extends Step = never, G = undefined> {
  readonly action: Action;
  readonly run: (input: unknown, run: Run<unknown, Step, unknown>) => Promise<unknown>;
  /** Types only; never set: which steps it may carry out, with what. */
  readonly carries?: { steps: S; given: G };
}

/** Any of them, for those who ask only by name. */
export type AnyImplementation = Implementation<Step, unknown>;

/** Ties the code to its declaration, with the types checked here and forgotten after. */
export function implement<I extends z.ZodType, O, T, S extends Step = never, G = undefined>(
  action: Action<I, O, T>,
  run: (input: z.output<I>, run: Run<T, S, G>) => Promise<O>,
): Implementation<S, G> {
  return { action, run: run as Implementation['run'] };
}
