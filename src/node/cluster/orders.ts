import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { OrderLog } from './order-log.ts';
import type { OrderOutcome } from './schema.ts';

/** Carries an action out as the cluster, and answers what it answers; a long one when it has ended. */
export type CarryOut = (
  order: string,
  action: string,
  input: unknown,
  signal: AbortSignal,
) => Promise<unknown>;

interface Running {
  readonly abort: AbortController;
  readonly outcome: Promise<OrderOutcome>;
}

/** The orders of this node: each is carried out once, however often it comes. */
export class Orders {
  readonly #log: OrderLog;
  readonly #carryOut: CarryOut;
  readonly #running = new Map<string, Running>();

  constructor(log: OrderLog, carryOut: CarryOut) {
    this.#log = log;
    this.#carryOut = carryOut;
  }

  /** It goes on when the link ends meanwhile: what came of it is told when it is asked for again. */
  async carryOut(order: string, action: string, input: unknown): Promise<OrderOutcome> {
    const known = this.#running.get(order)?.outcome ?? (await this.#log.find(order));
    // It may have begun while the disk was asked.
    return known ?? this.#running.get(order)?.outcome ?? this.#begin(order, action, input);
  }

  /** Null: it was not carried out and never will be. */
  async cancel(order: string): Promise<OrderOutcome | null> {
    const running = this.#running.get(order);
    running?.abort.abort(cancelled());
    const known = (await running?.outcome) ?? (await this.#log.find(order));
    if (known !== undefined) return known;
    await this.#log.keep(order, { fault: cancelled().toRecord() });
    return null;
  }

  #begin(order: string, action: string, input: unknown): Promise<OrderOutcome> {
    const abort = new AbortController();
    const outcome = this.#ended(order, () => this.#carryOut(order, action, input, abort.signal)).finally(() =>
      this.#running.delete(order),
    );
    this.#running.set(order, { abort, outcome });
    return outcome;
  }

  async #ended(order: string, work: () => Promise<unknown>): Promise<OrderOutcome> {
    const outcome = await work().then(
      (output): OrderOutcome => ({ output: output ?? null }),
      (thrown): OrderOutcome => ({ fault: Fault.from(thrown).toRecord() }),
    );
    await this.#log.keep(order, outcome);
    return outcome;
  }
}

const cancelled = (): Fault => new Fault('conflict', say('the order was taken back', '指令已撤回'));
