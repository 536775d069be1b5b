import { type Kysely, sql } from 'kysely';
import { date, int, maybe, oneOf, text, uuid } from '../define/fields.ts';
import { type RowOf, type TablesOf, table } from '../define/table.ts';

const STATES = ['running', 'undoing', 'done', 'failed'] as const;
export type JobState = (typeof STATES)[number];

/**
 * A call that is not answered at once, from before anything happens until its result is no longer kept. Only the
 * service that is its owner writes it, and only while the epoch is the one that it took the job over with.
 */
export const job = table(
  'job',
  {
    uuid: uuid(),
    /** Class of the message. */
    api: text(255),
    state: oneOf(STATES),
    /** JSON of the answer, or of the error; why it is undone while it is. */
    result: text(),
    /** 0 until it is done or has failed. */
    finished: date(),
    /** Name of its flow; empty where there was but one transaction. */
    flow: maybe(text(64)),
    /** How many steps are done. */
    step: maybe(int()),
    /** JSON of what the steps know. */
    context: maybe(text()),
    owner: maybe(uuid()),
    epoch: maybe(int()),
  },
  { index: [['finished']] },
);
export type JobRow = RowOf<typeof job>;

/** The job as its owner has it. */
export interface Held {
  readonly uuid: string;
  readonly owner: string;
  readonly epoch: number;
}

/** Another service has taken the job over: this one must not touch it any more. */
export class Lost extends Error {}

const jobs = (database: Kysely<object>) => database.withTables<TablesOf<typeof job>>();

export async function insertJob(
  database: Kysely<object>,
  row: Pick<JobRow, 'uuid' | 'api' | 'state' | 'result'> & Partial<JobRow>,
): Promise<void> {
  const none = { flow: null, step: null, context: null, owner: null, epoch: null };
  await jobs(database)
    .insertInto('job')
    .values({ ...none, finished: Date.now(), ...row })
    .execute();
}

export const readJob = (database: Kysely<object>, uuid: string): Promise<JobRow | undefined> =>
  jobs(database).selectFrom('job').selectAll().where('uuid', '=', uuid).executeTakeFirst();

/** Writes a job that is still ours. Throws `Lost`. */
export async function writeJob(database: Kysely<object>, held: Held, values: Partial<JobRow>): Promise<void> {
  const query = jobs(database).updateTable('job').set(values).where('uuid', '=', held.uuid);
  const written = await query
    .where('owner', '=', held.owner)
    .where('epoch', '=', held.epoch)
    .executeTakeFirst();
  if (written.numUpdatedRows === 0n) throw new Lost();
}

/** Jobs that are not done and whose owner is none of those who live. */
export const orphans = (database: Kysely<object>, living: readonly string[]): Promise<JobRow[]> =>
  jobs(database)
    .selectFrom('job')
    .selectAll()
    .where('finished', '=', 0)
    .where('owner', 'not in', living)
    .execute();

/** Takes a job over; undefined when another one was quicker. */
export async function takeOver(
  database: Kysely<object>,
  { uuid, epoch }: JobRow,
  owner: string,
): Promise<Held | undefined> {
  const taken = await jobs(database)
    .updateTable('job')
    .set({ owner, epoch: sql<number>`epoch + 1` })
    .where('uuid', '=', uuid)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  return taken.numUpdatedRows === 0n ? undefined : { uuid, owner, epoch: (epoch ?? 0) + 1 };
}

/** Forgets what was finished before that moment. */
export async function clearJobs(database: Kysely<object>, before: number): Promise<void> {
  await jobs(database).deleteFrom('job').where('finished', '>', 0).where('finished', '<', before).execute();
}
