import type { Kysely } from 'kysely';
import type { Joined, Resource } from '../define/resource.ts';
import { rowOf, type StoredOf, type Table, type TablesOf } from '../define/table.ts';
import { type Inventory, render, sentNames } from './render.ts';

/** What lists in other tables are read with. */
export interface Reads {
  readonly database: Kysely<object>;
  readonly catalogue: { readonly resources: readonly Resource[] };
}

type Row = Readonly<Record<string, unknown>>;
type Lists = ReadonlyMap<string, readonly unknown[]>;

/** Engines limit the values of a statement. */
const MOST_AT_ONCE = 5_000;

/**
 * Rows as they go over the wire, with the lists that stand in other tables: one statement a list.
 * @param rows as they are stored, or read already
 * @param names the fields that are wanted; all when absent
 */
export async function inventories(
  on: Reads,
  of: Resource,
  rows: readonly Row[],
  names?: readonly string[],
): Promise<Inventory[]> {
  const found = rows.map((row) => render(of, rowOf(of as Table, row as StoredOf<Table>)));
  for (const [name, joined] of Object.entries(of.joined)) {
    if (names !== undefined && !names.includes(name)) continue;
    const lists = await listed(on, joined, rows.map(uuidOf));
    for (const [at, row] of rows.entries()) {
      const inventory = found[at];
      if (inventory !== undefined) inventory[name] = lists.get(uuidOf(row)) ?? [];
    }
  }
  return names === undefined ? found : found.map((each) => only(each, names));
}

const uuidOf = ({ uuid }: Row): string => String(uuid);

const only = (inventory: Inventory, names: readonly string[]): Inventory =>
  Object.fromEntries(Object.entries(inventory).filter(([name]) => names.includes(name)));

/** One row as it goes over the wire. */
export async function inventory(on: Reads, of: Resource, row: Row): Promise<Inventory> {
  const [found = {}] = await inventories(on, of, [row]);
  return found;
}

async function listed(on: Reads, { resource, by, column }: Joined, uuids: string[]): Promise<Lists> {
  const of = on.catalogue.resources.find(({ name }) => name === resource);
  const lists = new Map<string, unknown[]>();
  if (of === undefined) return lists;
  for (let at = 0; at < uuids.length; at += MOST_AT_ONCE) {
    for (const row of await rowsOf(on, of, by, uuids.slice(at, at + MOST_AT_ONCE))) {
      const uuid = String(row[by]);
      const list = lists.get(uuid) ?? [];
      list.push(column === undefined ? render(of, rowOf(of as Table, row)) : row[column]);
      lists.set(uuid, list);
    }
  }
  return lists;
}

async function rowsOf({ database }: Reads, of: Resource, by: string, uuids: string[]) {
  const query = database.withTables<TablesOf<Table>>().selectFrom(of.table).selectAll();
  const ordered = of.key.reduce((each, key) => each.orderBy(key), query.where(by, 'in', uuids));
  return (await ordered.execute()) as StoredOf<Table>[];
}

/** Fields of an inventory that a client may ask for. */
export const inventoryNames = (of: Resource): string[] => [...sentNames(of), ...Object.keys(of.joined)];
