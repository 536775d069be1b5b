import type { Kysely } from 'kysely';
import type { FaultRecord } from '../../api/fault.ts';
import { date, int, maybe, oneOf, text, uuid } from '../define/fields.ts';
import { type RowOf, type TablesOf, table } from '../define/table.ts';

/** cancelling: its time is over, and the host has yet to say whether it was carried out. */
const STATES = ['queued', 'sent', 'cancelling', 'done', 'failed'] as const;

/** What came of an order, as the host tells it. */
export type Outcome = { readonly output: unknown } | { readonly fault: FaultRecord };

/** Something that a host is to do, from before it is told until a day after it has answered. */
export const order = table(
  'host_order',
  {
    /** `what/attempt`: a host carries out each of them once. */
    id: text(255),
    /** Which step of which job wants what. */
    what: text(240),
    attempt: int(),
    host: uuid(),
    /** Orders about one resource are carried out one after another, in the order of `seq`. */
    resource: uuid(),
    /** Rises with time. */
    seq: date(),
    action: text(64),
    /** JSON of its input. */
    input: text(),
    /** JSON of the sealed secrets that go into it, by their places; null: none. */
    sealed: maybe(text()),
    state: oneOf(STATES),
    /** JSON of its outcome. */
    outcome: maybe(text()),
    deadline: date(),
    /** 0 while nothing has come of it. */
    settled: date(),
  },
  { key: ['id'], index: [['what'], ['host', 'settled'], ['settled']] },
);
export type OrderRow = RowOf<typeof order>;

const orders = (database: Kysely<object>) => database.withTables<TablesOf<typeof order>>();

export async function insertOrder(database: Kysely<object>, row: OrderRow): Promise<void> {
  await orders(database).insertInto('host_order').values(row).execute();
}

/** The newest attempt at something. */
export const latestAttempt = (database: Kysely<object>, what: string): Promise<OrderRow | undefined> =>
  orders(database)
    .selectFrom('host_order')
    .selectAll()
    .where('what', '=', what)
    .orderBy('attempt', 'desc')
    .limit(1)
    .executeTakeFirst();

/** What a host has not answered yet, the oldest first. */
export const openOrders = (database: Kysely<object>, host: string): Promise<OrderRow[]> =>
  orders(database)
    .selectFrom('host_order')
    .selectAll()
    .where('host', '=', host)
    .where('settled', '=', 0)
    .orderBy('seq')
    .execute();

/** Hosts that have not answered something. */
export async function hostsWithOrders(database: Kysely<object>): Promise<string[]> {
  const query = orders(database).selectFrom('host_order').select('host').distinct().where('settled', '=', 0);
  return (await query.execute()).map(({ host }) => host);
}

/** Goes from one state to the next; false when somebody else was quicker. */
export async function moveOrder(
  database: Kysely<object>,
  id: string,
  from: OrderRow['state'],
  to: OrderRow['state'],
): Promise<boolean> {
  const query = orders(database).updateTable('host_order').set({ state: to });
  const moved = await query.where('id', '=', id).where('state', '=', from).executeTakeFirst();
  return moved.numUpdatedRows > 0n;
}

/** Writes what came of it, once. @param from only in this state; absent: whatever the state of an open one */
export async function settleOrder(
  database: Kysely<object>,
  id: string,
  outcome: Outcome,
  from?: OrderRow['state'],
): Promise<boolean> {
  const state = 'output' in outcome ? 'done' : 'failed';
  const values = { state, outcome: JSON.stringify(outcome), settled: Date.now() } as const;
  let query = orders(database).updateTable('host_order').set(values).where('id', '=', id);
  query = query.where('settled', '=', 0);
  if (from !== undefined) query = query.where('state', '=', from);
  return (await query.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Settles all that a host has not answered: there is no such host any more. */
export async function failOrders(database: Kysely<object>, host: string, fault: FaultRecord): Promise<void> {
  const values = { state: 'failed', outcome: JSON.stringify({ fault }), settled: Date.now() } as const;
  const query = orders(database).updateTable('host_order').set(values);
  await query.where('host', '=', host).where('settled', '=', 0).execute();
}

/** Forgets what was settled before that moment. */
export async function clearOrders(database: Kysely<object>, before: number): Promise<void> {
  const query = orders(database).deleteFrom('host_order').where('settled', '>', 0);
  await query.where('settled', '<', before).execute();
}
