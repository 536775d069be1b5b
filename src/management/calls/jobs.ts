import type { Kysely } from 'kysely';
import { Fault } from '../../api/fault.ts';
import type { ParamsOf } from '../define/api.ts';
import { date, type Fields, oneOf, text, uuid } from '../define/fields.ts';
import { type RowOf, type TablesOf, table } from '../define/table.ts';
import type { Answer, Doing, Served } from './doing.ts';
import { type ErrorShape, errorOf } from './errors.ts';

const STATES = ['done', 'failed'] as const;

/** A call that is not answered at once: what came of it, for those who ask later. */
export const job = table(
  'job',
  {
    uuid: uuid(),
    /** Class of the message. */
    api: text(255),
    state: oneOf(STATES),
    /** JSON of the answer, or of the error. */
    result: text(),
    finished: date(),
  },
  { index: [['finished']] },
);
export type JobRow = RowOf<typeof job>;

export type Outcome = { readonly answer: Answer } | { readonly error: ErrorShape };

const KEPT_MILLISECONDS = 3 * 3_600_000;

/** Carries out calls whose result is asked for later, and keeps the result for three hours. */
export class Jobs {
  readonly #database: Kysely<object>;

  constructor(database: Kysely<object>) {
    this.#database = database;
  }

  /** Carries it out in one transaction with its record: both are there, or neither. */
  async run({ api, run }: Served, doing: Doing, params: ParamsOf<Fields>, uuid: string): Promise<string> {
    try {
      await this.#database.transaction().execute(async (database) => {
        const answer = await run({ ...doing, database }, params);
        await record(database, { uuid, api: api.message, state: 'done', result: JSON.stringify(answer) });
      });
    } catch (thrown) {
      const fault = Fault.from(thrown);
      const result = JSON.stringify(errorOf(fault));
      await record(this.#database, { uuid, api: api.message, state: 'failed', result });
    }
    return uuid;
  }

  async done({ api }: Served, answer: Answer, uuid: string): Promise<string> {
    const result = JSON.stringify(answer);
    await record(this.#database, { uuid, api: api.message, state: 'done', result });
    return uuid;
  }

  /** What came of a job; undefined when there is none of that uuid, or no longer. */
  async outcome(uuid: string): Promise<{ row: JobRow; outcome: Outcome } | undefined> {
    const row = await jobs(this.#database)
      .selectFrom('job')
      .selectAll()
      .where('uuid', '=', uuid)
      .executeTakeFirst();
    if (row === undefined || row.finished < Date.now() - KEPT_MILLISECONDS) return undefined;
    const result = JSON.parse(row.result);
    return { row, outcome: row.state === 'done' ? { answer: result } : { error: result } };
  }

  /** Forgets what is no longer kept. */
  async clear(): Promise<void> {
    await jobs(this.#database)
      .deleteFrom('job')
      .where('finished', '<', Date.now() - KEPT_MILLISECONDS)
      .execute();
  }
}

const jobs = (database: Kysely<object>) => database.withTables<TablesOf<typeof job>>();

async function record(database: Kysely<object>, row: Omit<JobRow, 'finished'>): Promise<void> {
  await jobs(database)
    .insertInto('job')
    .values({ ...row, finished: Date.now() })
    .execute();
}
