import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { errorOf } from '../define/error-shape.ts';
import type { Flow, Step, StepDoing } from './flow.ts';
import { type Orders, orderOf, Undecided } from './order.ts';
import type { CloseJob, Outcome } from './outcome.ts';
import { type Held, type JobRow, Lost, writeJob } from './row.ts';
import { whole } from './transaction.ts';

const AGAIN_MILLISECONDS = 1_000;

/** The service stops: the job stays as its row has it. */
class Stopped extends Error {}

type Context = object;

export interface CarryingParts {
  readonly database: Kysely<object>;
  readonly flow: Flow;
  /** Ends when the service stops. */
  readonly stop: AbortSignal;
  /** Ends when the job is not wanted any more; its reason is the fault that its client is told. */
  readonly unwanted: AbortSignal;
  readonly orders: Orders;
  readonly close: CloseJob | undefined;
  readonly log: (line: string) => void;
}

/** Carries one job to its end from where its row says that it is, forward or back. */
export class Carrying {
  readonly #database: Kysely<object>;
  readonly #flow: Flow;
  readonly #stop: AbortSignal;
  readonly #unwanted: AbortSignal;
  /** Of steps on the way forward; what is undone is undone to its end. */
  readonly #forthSignal: AbortSignal;
  readonly #orders: Orders;
  readonly #close: CloseJob | undefined;
  readonly #log: (line: string) => void;
  readonly #held: Held;
  #step: number;
  #context: Context;
  /** JSON of why it is undone. */
  #why: string;

  constructor(parts: CarryingParts, row: JobRow, held: Held) {
    const { database, flow, stop, unwanted, orders, close, log } = parts;
    this.#database = database;
    this.#flow = flow;
    this.#stop = stop;
    this.#unwanted = unwanted;
    this.#forthSignal = AbortSignal.any([stop, unwanted]);
    this.#orders = orders;
    this.#close = close;
    this.#log = log;
    this.#held = held;
    this.#step = row.step ?? 0;
    this.#context = JSON.parse(row.context ?? '{}');
    this.#why = row.result;
  }

  /** Settles when the job has ended, is another service's, or this one stops. Throws when it can go on later only. */
  async toItsEnd(state: JobRow['state']): Promise<void> {
    try {
      if (state === 'running' && (await this.#forward())) return;
      await this.#back();
    } catch (thrown) {
      if (!(thrown instanceof Lost || thrown instanceof Stopped)) throw thrown;
    }
  }

  /** Whether all steps were done; otherwise they are to be undone. */
  async #forward(): Promise<boolean> {
    for (;;) {
      const step = this.#flow.steps[this.#step];
      if (step === undefined) break;
      const fault = await this.#done(step);
      if (fault === undefined) continue;
      // What failed may be half done: it is undone too.
      this.#step += 1;
      this.#why = JSON.stringify(errorOf(this.#told(fault, step)));
      await this.#write(this.#database, { state: 'undoing', result: this.#why });
      return false;
    }
    await this.#answered();
    return true;
  }

  async #answered(): Promise<void> {
    try {
      const answer = await this.#flow.answer(this.#context, this.#database);
      await this.#ended({ state: 'done', result: JSON.stringify(answer) }, { answer });
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (fault.kind !== 'notFound') throw thrown;
      // All is done, and somebody has deleted it by now: there is nothing to undo, and it will not come back.
      const error = errorOf(fault);
      await this.#ended({ state: 'failed', result: JSON.stringify(error) }, { error });
    }
  }

  async #ended(values: Partial<JobRow>, outcome: Outcome): Promise<void> {
    await whole(this.#database, async (database) => {
      await this.#write(database, { ...values, finished: Date.now() });
      await this.#close?.(database, this.#held.uuid, outcome);
    });
  }

  /** What the client is told: a defect of ours stands in the log. */
  #told(fault: Fault, { name }: Step<Context>): Fault {
    if (fault.kind !== 'internal') return fault;
    this.#log(`job ${this.#held.uuid}, ${name}: ${fault.stack}`);
    return new Fault('internal', say('it stands in the log of the management service', '详见管理服务日志'));
  }

  /** Does one step and records it; answers why not. */
  async #done(step: Step<Context>): Promise<Fault | undefined> {
    try {
      const more = await this.#tried(step);
      const context = { ...this.#context, ...more };
      await this.#recorded(this.#step + 1, context, async (database) =>
        step.record?.(database, context, Date.now()),
      );
      return undefined;
    } catch (thrown) {
      if (thrown instanceof Lost) throw thrown;
      if (this.#stop.aborted) throw new Stopped();
      // What a host cannot be asked about is told, whatever else came in between.
      const isTold = this.#unwanted.aborted && !(thrown instanceof Undecided);
      return Fault.from(isTold ? this.#unwanted.reason : thrown);
    }
  }

  async #tried({ run, retry }: Step<Context>): Promise<Partial<Context> | undefined> {
    for (let left = retry?.times ?? 0; ; left--) {
      this.#forthSignal.throwIfAborted();
      try {
        return await run?.(this.#context, this.#doing(`${this.#step}`, this.#forthSignal));
      } catch (thrown) {
        const { kind } = Fault.from(thrown);
        if (left <= 0 || !retry?.kinds.includes(kind)) throw thrown;
        await sleep(AGAIN_MILLISECONDS, undefined, { signal: this.#forthSignal });
      }
    }
  }

  async #back(): Promise<void> {
    while (this.#step > 0) {
      if (this.#stop.aborted) throw new Stopped();
      const step = this.#flow.steps[this.#step - 1];
      await step?.undo?.(this.#context, this.#doing(`${this.#step - 1}/undo`, this.#stop));
      await this.#recorded(this.#step - 1, this.#context, async (database) =>
        step?.forget?.(database, this.#context, Date.now()),
      );
    }
    await this.#ended({ state: 'failed' }, { error: JSON.parse(this.#why) });
  }

  /** What a step writes and that it did stand together. */
  async #recorded(
    step: number,
    before: Context,
    write: (database: Kysely<object>) => Promise<unknown>,
  ): Promise<void> {
    const context = await whole(this.#database, async (database) => {
      const after = { ...before, ...((await write(database)) as Context | undefined) };
      await writeJob(database, this.#held, { step, context: JSON.stringify(after) });
      return after;
    });
    this.#step = step;
    this.#context = context;
  }

  #write(database: Kysely<object>, values: Partial<JobRow>): Promise<void> {
    return writeJob(database, this.#held, { ...values, step: this.#step });
  }

  #doing(step: string, signal: AbortSignal): StepDoing {
    const { uuid } = this.#held;
    const key = `${uuid}/${step}`;
    return { job: uuid, key, signal, order: orderOf(this.#orders, key, signal) };
  }
}
