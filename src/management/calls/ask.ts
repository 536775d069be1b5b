import { say } from '../../api/words.ts';
import { badField, Refusal } from '../define/refusal.ts';
import type { Resource } from '../define/resource.ts';
import { rowOf, type StoredOf, type Table } from '../define/table.ts';
import type { Condition } from '../store/conditions.ts';
import type { Rows } from '../store/load.ts';
import { Asked, type Query } from '../store/query.ts';
import type { Handler } from './doing.ts';
import { type Inventory, render, sentNames } from './render.ts';

/** Rows of a resource that hold to conditions, their number, or both. */
export const query =
  (of: Resource): Handler =>
  async ({ database, rows, conditions, catalogue }, params) => {
    const uuid = onlyUuid(of, conditions, params);
    if (uuid !== undefined) return { inventories: await itself(rows, of, uuid) };
    const asked = questionOf(of, params);
    const find = (name: string) => catalogue.resources.find((other) => other.name === name);
    const table = new Asked(database, of, conditions, find);
    if (params.count === true) return { total: await table.count() };
    const found = await table.rows(asked);
    const inventories = found.map((row) => render(of, rowOf(of as Table, row as StoredOf<Table>)));
    return params.replyWithCount === true ? { inventories, total: await table.count() } : { inventories };
  };

/** The uuid where nothing but one row is asked for: many who ask so at once are one statement. */
function onlyUuid(
  of: Resource,
  [first, ...more]: readonly Condition[],
  params: Readonly<Record<string, unknown>>,
): string | undefined {
  const isOnly = more.length === 0 && Object.values(params).every((value) => value === undefined);
  return isOnly && first?.name === 'uuid' && first.op === '=' && 'uuid' in of.fields
    ? first.value
    : undefined;
}

async function itself(rows: Rows, of: Resource, uuid: string): Promise<Inventory[]> {
  const row = await rows.byUuid(of, uuid);
  return row === undefined ? [] : [render(of, row)];
}

function questionOf(of: Resource, params: Readonly<Record<string, unknown>>): Query {
  const { limit = 1000, start = 0, sortDirection = 'asc' } = params;
  return {
    limit: Number(limit),
    start: Number(start),
    sortBy: column(of, 'sortBy', params.sortBy),
    sortDirection: sortDirection as Query['sortDirection'],
    groupBy: column(of, 'groupBy', params.groupBy),
    fields: chosen(of, params.fields),
  };
}

function column(of: Resource, param: string, name: unknown): string | undefined {
  if (name === undefined || name === '') return undefined;
  const known = sentNames(of).find((field) => field === name);
  if (known !== undefined) return known;
  const words = say(`${param}: ${of.name} has no field ${name}`, `${param}：${of.name} 没有字段 ${name}`);
  throw new Refusal('SYS.1000', 'usage', words, { field: param });
}

function chosen(of: Resource, names: unknown): readonly string[] {
  const all = sentNames(of);
  if (!Array.isArray(names) || names.length === 0) return all;
  const strange = names.find((name) => !all.includes(name));
  if (strange === undefined) return [...new Set<string>(names)];
  throw badField('fields', say(`${of.name} has no field ${strange}`, `${of.name} 没有字段 ${strange}`));
}
