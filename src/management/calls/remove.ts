import type { Kysely } from 'kysely';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { Field } from '../define/fields.ts';
import type { Resource } from '../define/resource.ts';
import { fieldsOf, type Table, type TablesOf } from '../define/table.ts';
import { existing } from './change.ts';
import type { Handler, Reach } from './doing.ts';

const rowsOf = ({ database }: { database: Kysely<object> }) => database.withTables<TablesOf<Table>>();

export const remove =
  (of: Resource): Handler =>
  async (on, { uuid }) => {
    const row = await existing(on, of, String(uuid));
    await removeWith(on, of, String(row.uuid));
    return {};
  };

/**
 * Removes a row with everything that goes with it; what only names it forgets it. Throws `conflict` where something
 * that stays cannot be without it.
 */
export async function removeWith(on: Reach, of: Resource, uuid: string): Promise<void> {
  for (const child of on.catalogue.resources.filter(({ kindOf }) => kindOf === undefined))
    for (const [name, field] of fieldsOf(child))
      if (field.resource === of.vo) await letGo(on, { child, name, field }, of, uuid);
  await on.catalogue.tagging.removeAll(on, uuid);
  await on.catalogue.access.removeAll(on, uuid);
  await rowsOf(on).deleteFrom(of.table).where('uuid', '=', uuid).execute();
}

/** A field of another resource by which rows of it are bound to what is removed. */
interface Bond {
  readonly child: Resource;
  readonly name: string;
  readonly field: Field;
}

async function letGo(on: Reach, bond: Bond, of: Resource, uuid: string): Promise<void> {
  const { child, name, field } = bond;
  if (child.goesWith.includes(name)) await removeBound(on, bond, uuid);
  else if (field.optional)
    await rowsOf(on)
      .updateTable(child.table)
      .set({ [name]: null })
      .where(name, '=', uuid)
      .execute();
  else await refuseWhileUsed(on, bond, of, uuid);
}

async function removeBound(on: Reach, { child, name }: Omit<Bond, 'field'>, uuid: string): Promise<void> {
  if (!('uuid' in child.fields)) {
    await rowsOf(on).deleteFrom(child.table).where(name, '=', uuid).execute();
    return;
  }
  const rows = await rowsOf(on).selectFrom(child.table).selectAll().where(name, '=', uuid).execute();
  await refuseWhileHeld(on, { child, name }, rows);
  for (const row of rows) await removeWith(on, child, String(row.uuid));
}

async function refuseWhileUsed(on: Reach, { child, name }: Bond, of: Resource, uuid: string): Promise<void> {
  const used = await rowsOf(on)
    .selectFrom(child.table)
    .select(name)
    .where(name, '=', uuid)
    .limit(1)
    .execute();
  if (used.length === 0) return;
  throw new Fault(
    'conflict',
    say(`a ${child.name} uses this ${of.name}`, `该 ${of.name} 正被某个 ${child.name} 使用`),
  );
}

type Row = Readonly<Record<string, unknown>>;

/** Whoever holds it may let it go together with itself. */
async function refuseWhileHeld(
  on: Reach,
  { child, name: by }: Omit<Bond, 'field'>,
  rows: readonly Row[],
): Promise<void> {
  const kept = rows.find(({ state }) => child.staysIn.includes(String(state)));
  if (kept !== undefined) throw inUse(child, kept);
  const { heldBy } = child;
  const holder = on.catalogue.resources.find(({ name }) => name === heldBy?.resource);
  if (heldBy === undefined || heldBy.by === by || holder === undefined || rows.length === 0) return;
  const holding = await rowsOf(on)
    .selectFrom(holder.table)
    .selectAll()
    .where(
      'uuid',
      'in',
      rows.map((row) => String(row[heldBy.by])),
    )
    .where('state', 'in', holder.staysIn)
    .executeTakeFirst();
  if (holding !== undefined) throw inUse(holder, holding);
}

const inUse = (of: Resource, { name, state }: Readonly<Record<string, unknown>>): Fault =>
  new Fault('conflict', say(`${of.name} ${name} is ${state}`, `${of.name} ${name} 处于 ${state}`));
