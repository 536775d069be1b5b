import type { Kysely } from 'kysely';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { errorOf } from '../define/error-shape.ts';
import { Carrying } from './carry.ts';
import type { Flow } from './flow.ts';
import { NO_ORDERS, type Orders } from './order.ts';
import type { Answer, CloseJob, Outcome, RecordJob } from './outcome.ts';
import {
  clearJobs,
  type Held,
  insertJob,
  type JobRow,
  markCancelled,
  markedOf,
  orphans,
  readJob,
  takeOver,
  untold,
  writeHook,
} from './row.ts';
import { whole } from './transaction.ts';

/** A job as it is asked for. */
export interface Asked {
  readonly uuid: string;
  /** Class of the message. */
  readonly api: string;
  /** Uuid of who asks. */
  readonly account?: string | undefined;
  /** Milliseconds after which it is undone; undefined: it may take as long as it takes. */
  readonly timeout?: number | undefined;
  /** Whom to tell how it ended, as whoever tells it reads it. */
  readonly hook?: string | undefined;
  readonly record?: RecordJob;
}

const KEPT_MILLISECONDS = 3 * 3_600_000;
const LONGEST_MILLISECONDS = 2 ** 31 - 1;

interface Parts {
  readonly database: Kysely<object>;
  /** Uuid of this service. */
  readonly owner: string;
  readonly flows: readonly Flow[];
  /** Absent: no step may order anything. */
  readonly orders?: Orders;
  readonly close?: CloseJob;
  readonly log: (line: string) => void;
}

/** Carries out calls whose result is asked for later, and keeps the result for three hours. */
export class Jobs {
  readonly #parts: Parts;
  /** Jobs that are in this service's hands, with what makes each not wanted any more. */
  readonly #active = new Map<string, AbortController>();
  readonly #carried = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #ended: (uuid: string) => void = () => {};

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param listener is called with the uuid of each job with a hook that has ended here */
  whenEnded(listener: (uuid: string) => void): void {
    this.#ended = listener;
  }

  /** All of it in one transaction with its record: both are there, or neither. */
  async once(asked: Asked, work: (database: Kysely<object>) => Promise<Answer>): Promise<void> {
    await this.#begun(asked, async (database) => {
      const answer = await work(database);
      await insertJob(database, { ...this.#rowOf(asked), state: 'done', result: JSON.stringify(answer) });
      await asked.record?.(database, { answer });
    });
    if (asked.hook !== undefined) this.#ended(asked.uuid);
  }

  /** Steps, after a transaction that writes what there is at the beginning and answers what the first one knows. */
  async start(asked: Asked, flow: Flow, begin: (database: Kysely<object>) => Promise<object>): Promise<void> {
    const { uuid, hook } = asked;
    // Before its row is there: nobody takes it for one that stands still.
    const unwanted = this.#take(uuid);
    try {
      const begun = await this.#begun(asked, async (database) => {
        const context = JSON.stringify(await begin(database));
        const steps = { flow: flow.name, step: 0, context, epoch: 1, finished: 0 };
        await insertJob(database, { ...this.#rowOf(asked), ...steps, state: 'running', result: '{}' });
        await asked.record?.(database, { running: true });
      });
      if (begun) return await this.#go({ uuid, owner: this.#parts.owner, epoch: 1 }, unwanted);
      this.#active.delete(uuid);
      if (hook !== undefined) this.#ended(uuid);
    } catch (thrown) {
      this.#active.delete(uuid);
      throw thrown;
    }
  }

  #take(uuid: string): AbortController {
    const unwanted = new AbortController();
    this.#active.set(uuid, unwanted);
    return unwanted;
  }

  #rowOf({ uuid, api, account = undefined, timeout, hook }: Asked) {
    const { owner } = this.#parts;
    const most = timeout === undefined ? null : Math.min(timeout, LONGEST_MILLISECONDS);
    return { uuid, api, owner, account: account ?? null, timeout: most, hook: hook ?? null };
  }

  /** Whether it could be begun; why not is its result. */
  async #begun(asked: Asked, work: (database: Kysely<object>) => Promise<void>): Promise<boolean> {
    const { database } = this.#parts;
    const { uuid } = asked;
    if ((await readJob(database, uuid)) !== undefined)
      throw new Fault('conflict', say(`there is a job ${uuid} already`, `已有任务 ${uuid}`));
    try {
      await whole(database, work);
      return true;
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (fault.kind === 'internal') throw thrown;
      const error = errorOf(fault);
      await whole(database, async (transaction) => {
        const result = JSON.stringify(error);
        await insertJob(transaction, { ...this.#rowOf(asked), state: 'failed', result });
        await asked.record?.(transaction, { error });
      });
      return false;
    }
  }

  /** What came of a job, and of which call it is; undefined when there is none of that uuid, or no longer. */
  async outcome(uuid: string): Promise<{ row: JobRow; outcome: Outcome } | undefined> {
    const row = await readJob(this.#parts.database, uuid);
    if (row === undefined || (row.finished > 0 && row.finished < Date.now() - KEPT_MILLISECONDS))
      return undefined;
    if (row.finished === 0) return { row, outcome: { running: true } };
    const result = JSON.parse(row.result);
    return { row, outcome: row.state === 'done' ? { answer: result } : { error: result } };
  }

  /**
   * Has a job undone: at once when this service carries it, otherwise at the next look of the one that does. False when
   * there is nothing to cancel: it has ended, or is undone already.
   */
  async cancel(uuid: string): Promise<boolean> {
    const isMarked = await markCancelled(this.#parts.database, uuid);
    if (isMarked) this.#active.get(uuid)?.abort(cancelled());
    return isMarked;
  }

  /** Goes on with what stands still: jobs of services that are gone, and own ones that could not go on. */
  async resume(living: readonly string[]): Promise<void> {
    const { database, owner } = this.#parts;
    const others = living.filter((uuid) => uuid !== owner);
    for (const row of await orphans(database, [...others, ''])) {
      if (this.#active.has(row.uuid)) continue;
      const unwanted = this.#take(row.uuid);
      const held = await takeOver(database, row, owner);
      if (held === undefined) this.#active.delete(row.uuid);
      else await this.#go(held, unwanted);
    }
    for (const { uuid } of await markedOf(database, owner)) this.#active.get(uuid)?.abort(cancelled());
  }

  /** Jobs whose hook is still to be told. */
  async untold(living: readonly string[]): Promise<string[]> {
    const others = living.filter((uuid) => uuid !== this.#parts.owner);
    const rows = await untold(this.#parts.database, [...others, '']);
    return rows.map(({ uuid }) => uuid);
  }

  /** Keeps what is left to do for a job's hook; undefined: nothing. */
  async keepHook(uuid: string, hook: string | undefined): Promise<void> {
    await writeHook(this.#parts.database, uuid, hook ?? null);
  }

  async clear(): Promise<void> {
    await clearJobs(this.#parts.database, Date.now() - KEPT_MILLISECONDS);
  }

  /** Lets go of all jobs: each stays where its row says. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#carried);
  }

  async #go(held: Held, unwanted: AbortController): Promise<void> {
    const { database, flows, orders = NO_ORDERS, close, log } = this.#parts;
    const row = await readJob(database, held.uuid);
    const flow = flows.find(({ name }) => name === row?.flow);
    if (row === undefined || flow === undefined) {
      // It stays as it is, and is said once.
      log(`job ${held.uuid}: this version has no flow ${row?.flow}`);
      return;
    }
    if (row.cancelled) unwanted.abort(cancelled());
    const late = row.timeout === null ? undefined : setTimeout(() => unwanted.abort(overdue()), row.timeout);
    const parts = { database, flow, orders, close, log, stop: this.#stop.signal, unwanted: unwanted.signal };
    const carried = new Carrying(parts, row, held)
      .toItsEnd(row.state)
      .catch((thrown) => log(`job ${held.uuid} goes on later: ${Fault.from(thrown).words.en}`))
      .finally(() => {
        clearTimeout(late);
        this.#active.delete(held.uuid);
        this.#carried.delete(carried);
        if (row.hook !== null) this.#ended(held.uuid);
      });
    this.#carried.add(carried);
  }
}

const cancelled = (): Fault => new Fault('conflict', say('the job was cancelled', '任务已取消'));

const overdue = (): Fault =>
  new Fault('timeout', say('the job was not done within its timeout', '任务未在其超时时间内完成'));
