import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { Field } from '../define/fields.ts';
import { notThere } from '../define/refusal.ts';
import type { Resource } from '../define/resource.ts';
import { after } from '../define/states.ts';
import { fieldsOf, type StoredOf, type Table, type TablesOf } from '../define/table.ts';
import { type Doing, type Handler, newUuid } from './doing.ts';
import { inventory } from './inventory.ts';

type Values = Readonly<Record<string, unknown>>;
type Row = StoredOf<Table>;

/** The table of any resource: its columns are known by its definition, not by the compiler. */
const rowsOf = ({ database }: Doing) => database.withTables<TablesOf<Table>>();

const stored = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);

/** A row as a creation wants it: what was given, the defaults, the first state, the dates. */
function newRow(of: Resource, params: Values, now: number): Row {
  const known: Record<string, unknown> = {
    uuid: params.resourceUuid ?? newUuid(),
    state: of.states?.states[0],
    createDate: now,
    lastOpDate: now,
  };
  const value = (name: string, field: Field) => params[name] ?? known[name] ?? field.default ?? null;
  return Object.fromEntries(fieldsOf(of).map(([name, field]) => [name, stored(value(name, field))])) as Row;
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value : []);

export const create =
  (of: Resource): Handler =>
  async (on, params) => {
    const row = newRow(of, params, on.now);
    if ((await find(on, of, String(row.uuid))) !== undefined) throw taken(of, String(row.uuid));
    await rowsOf(on).insertInto(of.table).values(row).execute();
    if (isOwned(of)) await on.catalogue.access.give(on, of, String(row.uuid));
    const where = { of, uuid: String(row.uuid) };
    await on.catalogue.tagging.give(on, where, listOf(params.systemTags), listOf(params.userTags));
    return { inventory: await inventory(on, of, row) };
  };

/** Whether its rows belong to the account that makes them. */
const isOwned = ({ owner }: Resource): boolean => owner?.is === 'resource' && owner.column === 'uuid';

export const update =
  (of: Resource): Handler =>
  async (on, { uuid, ...params }) => {
    const given = Object.entries(params).filter(([name, value]) => name in of.fields && value !== undefined);
    return changed(on, of, String(uuid), Object.fromEntries(given));
  };

export const state =
  (of: Resource): Handler =>
  async (on, { uuid, stateEvent }) => {
    const row = await existing(on, of, String(uuid));
    const next =
      of.states === undefined ? undefined : after(of.states, String(row.state), String(stateEvent));
    if (next === undefined) throw notNow(of, row, String(stateEvent));
    return changed(on, of, String(uuid), { state: next });
  };

async function changed(on: Doing, of: Resource, uuid: string, values: Values) {
  const row = await existing(on, of, uuid);
  const now = 'lastOpDate' in of.fields ? { lastOpDate: on.now } : {};
  const next = Object.fromEntries(
    Object.entries({ ...values, ...now }).map(([name, value]) => [name, stored(value)]),
  );
  await rowsOf(on).updateTable(of.table).set(next).where('uuid', '=', uuid).execute();
  return { inventory: await inventory(on, of, { ...row, ...next }) };
}

const find = (on: Doing, of: Table, uuid: string): Promise<Row | undefined> =>
  rowsOf(on).selectFrom(of.table).selectAll().where('uuid', '=', uuid).executeTakeFirst();

/** A row by its uuid. Throws SYS.1003. */
export async function existing<T extends Table & { readonly vo: string }>(
  on: Doing,
  of: T,
  uuid: string,
): Promise<StoredOf<T>> {
  const row = await find(on, of, uuid);
  if (row === undefined) throw notThere(of.vo, uuid);
  return row as StoredOf<T>;
}

const taken = (of: Resource, uuid: string): Fault =>
  new Fault(
    'conflict',
    say(`a ${of.name} has the uuid ${uuid} already`, `uuid ${uuid} 已属于某个 ${of.name}`),
  );

/** What the machine says that may happen in that state. */
const notNow = (of: Resource, row: Row, event: string): Fault => {
  const [from] = of.states?.events[event] ?? [[]];
  return new Fault(
    'conflict',
    say(
      `${of.name} is ${row.state}: ${event} is possible in ${from.join(', ')}`,
      `${of.name} 处于 ${row.state}：${event} 只能在 ${from.join('、')} 时执行`,
    ),
  );
};
