import { type Kysely, sql } from 'kysely';
import { date, flag, int, maybe, oneOf, text, uuid } from '../define/fields.ts';
import { type StoredOf, type TablesOf, table } from '../define/table.ts';

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
    /** Whose session asked for it. */
    account: maybe(uuid()),
    /** Milliseconds that it may take, by the clock of the service that carries it: from anew for one that takes it over. */
    timeout: maybe(int()),
    cancelled: maybe(flag()),
    /** JSON of the address that is told how it ended, and how often it is still tried; null when it was. */
    hook: maybe(text()),
  },
  { index: [['finished']] },
);
export type JobRow = StoredOf<typeof job>;

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
  const steps = { flow: null, step: null, context: null, owner: null, epoch: null };
  const none = { ...steps, account: null, timeout: null, cancelled: null, hook: null };
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

/** Marks a job that has not come to its end as not wanted any more; false when there is none. */
export async function markCancelled(database: Kysely<object>, uuid: string): Promise<boolean> {
  const running = jobs(database).updateTable('job').set({ cancelled: 1 }).where('uuid', '=', uuid);
  const marked = await running.where('state', '=', 'running').executeTakeFirst();
  return marked.numUpdatedRows > 0n;
}

/** Jobs of a service that are to be undone, whoever marked them. */
export const markedOf = (database: Kysely<object>, owner: string): Promise<Pick<JobRow, 'uuid'>[]> =>
  jobs(database)
    .selectFrom('job')
    .select('uuid')
    .where('finished', '=', 0)
    .where('owner', '=', owner)
    .where('cancelled', '=', 1)
    .execute();

/** Jobs that have ended and whose hook was not told yet: of this service, and of those that are gone. */
export const untold = (database: Kysely<object>, others: readonly string[]): Promise<JobRow[]> =>
  jobs(database)
    .selectFrom('job')
    .selectAll()
    .where('finished', '>', 0)
    .where('hook', 'is not', null)
    .where('owner', 'not in', others)
    .execute();

/** What is left to do for a hook; null: nothing. */
export async function writeHook(database: Kysely<object>, uuid: string, hook: string | null): Promise<void> {
  await jobs(database).updateTable('job').set({ hook }).where('uuid', '=', uuid).execute();
}

/** Forgets what was finished before that moment. */
export async function clearJobs(database: Kysely<object>, before: number): Promise<void> {
  await jobs(database).deleteFrom('job').where('finished', '>', 0).where('finished', '<', before).execute();
}
