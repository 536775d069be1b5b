import type { Kysely } from 'kysely';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { type ErrorShape, errorOf } from '../define/error-shape.ts';
import { Carrying } from './carry.ts';
import type { Flow } from './flow.ts';
import { NO_ORDERS, type Orders } from './order.ts';
import { clearJobs, type Held, insertJob, type JobRow, orphans, readJob, takeOver } from './row.ts';

type Answer = Readonly<Record<string, unknown>>;

/** What came of a job; `running` while nothing has. */
export type Outcome =
  | { readonly running: true }
  | { readonly answer: Answer }
  | { readonly error: ErrorShape };

const KEPT_MILLISECONDS = 3 * 3_600_000;

interface Parts {
  readonly database: Kysely<object>;
  /** Uuid of this service. */
  readonly owner: string;
  readonly flows: readonly Flow[];
  /** Absent: no step may order anything. */
  readonly orders?: Orders;
  readonly log: (line: string) => void;
}

/** Carries out calls whose result is asked for later, and keeps the result for three hours. */
export class Jobs {
  readonly #parts: Parts;
  /** Jobs that are in this service's hands. */
  readonly #active = new Set<string>();
  readonly #carried = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** All of it in one transaction with its record: both are there, or neither. */
  async once(api: string, uuid: string, work: (database: Kysely<object>) => Promise<Answer>): Promise<void> {
    await this.#begun(api, uuid, async (database) => {
      const result = JSON.stringify(await work(database));
      await insertJob(database, { uuid, api, state: 'done', result });
    });
  }

  /** Steps, after a transaction that writes what there is at the beginning and answers what the first one knows. */
  async start(
    api: string,
    uuid: string,
    flow: Flow,
    begin: (database: Kysely<object>) => Promise<object>,
  ): Promise<void> {
    const held = { uuid, owner: this.#parts.owner, epoch: 1 };
    // Before its row is there: nobody takes it for one that stands still.
    this.#active.add(uuid);
    try {
      const begun = await this.#begun(api, uuid, async (database) => {
        const context = JSON.stringify(await begin(database));
        const steps = { flow: flow.name, step: 0, context, finished: 0 };
        await insertJob(database, { ...held, ...steps, api, state: 'running', result: '{}' });
      });
      if (begun) await this.#go(held);
      else this.#active.delete(uuid);
    } catch (thrown) {
      this.#active.delete(uuid);
      throw thrown;
    }
  }

  /** Whether it could be begun; why not is its result. */
  async #begun(
    api: string,
    uuid: string,
    work: (database: Kysely<object>) => Promise<void>,
  ): Promise<boolean> {
    const { database } = this.#parts;
    if ((await readJob(database, uuid)) !== undefined)
      throw new Fault('conflict', say(`there is a job ${uuid} already`, `已有任务 ${uuid}`));
    try {
      await database.transaction().execute(work);
      return true;
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (fault.kind === 'internal') throw thrown;
      await insertJob(database, { uuid, api, state: 'failed', result: JSON.stringify(errorOf(fault)) });
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

  /** Goes on with what stands still: jobs of services that are gone, and own ones that could not go on. */
  async resume(living: readonly string[]): Promise<void> {
    const { database, owner } = this.#parts;
    const others = living.filter((uuid) => uuid !== owner);
    for (const row of await orphans(database, [...others, ''])) {
      if (this.#active.has(row.uuid)) continue;
      this.#active.add(row.uuid);
      const held = await takeOver(database, row, owner);
      if (held === undefined) this.#active.delete(row.uuid);
      else await this.#go(held);
    }
  }

  async clear(): Promise<void> {
    await clearJobs(this.#parts.database, Date.now() - KEPT_MILLISECONDS);
  }

  /** Lets go of all jobs: each stays where its row says. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#carried);
  }

  async #go(held: Held): Promise<void> {
    const { database, flows, orders = NO_ORDERS, log } = this.#parts;
    const row = await readJob(database, held.uuid);
    const flow = flows.find(({ name }) => name === row?.flow);
    if (row === undefined || flow === undefined) {
      // It stays as it is, and is said once.
      log(`job ${held.uuid}: this version has no flow ${row?.flow}`);
      return;
    }
    const parts = { database, flow, orders, log, signal: this.#stop.signal };
    const carried = new Carrying(parts, row, held)
      .toItsEnd(row.state)
      .catch((thrown) => log(`job ${held.uuid} goes on later: ${Fault.from(thrown).words.en}`))
      .finally(() => {
        this.#active.delete(held.uuid);
        this.#carried.delete(carried);
      });
    this.#carried.add(carried);
  }
}
