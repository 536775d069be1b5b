import { say } from '../../api/words.ts';
import { badField, Refusal } from '../define/refusal.ts';
import type { Resource } from '../define/resource.ts';
import type { Condition } from '../store/conditions.ts';
import { Asked, type Query } from '../store/query.ts';
import type { Doing, Handler } from './doing.ts';
import { inventories, inventory, inventoryNames } from './inventory.ts';
import { type Inventory, sentNames } from './render.ts';
import { isScoped, scopeOf } from './rights.ts';

/** Rows of a resource that hold to conditions, their number, or both. */
export const query =
  (of: Resource): Handler =>
  async (on, params) => {
    const uuid = isScoped(of, on.session) ? undefined : onlyUuid(of, on.conditions, params);
    if (uuid !== undefined) return { inventories: await itself(on, of, uuid) };
    const names = chosen(of, params.fields);
    const asked = questionOf(of, params, names);
    const table = tableOf(on, of);
    if (params.count === true) return { total: await table.count() };
    const found = await inventories(on, of, await table.rows(asked), names);
    return params.replyWithCount === true
      ? { inventories: found, total: await table.count() }
      : { inventories: found };
  };

function tableOf({ database, conditions, catalogue, session }: Doing, of: Resource): Asked {
  const find = (name: string) => catalogue.resources.find((other) => other.name === name);
  return new Asked(database, of, [...conditions, ...kindOnly(of)], find, scopeOf(catalogue, session));
}

/** Of one kind of a resource: its rows alone. */
const kindOnly = ({ kindOf: kind }: Resource): Condition[] =>
  kind === undefined ? [] : [{ name: kind.field, op: '=', value: kind.value }];

/** The uuid where nothing but one row is asked for: many who ask so at once are one statement. */
function onlyUuid(
  of: Resource,
  [first, ...more]: readonly Condition[],
  params: Readonly<Record<string, unknown>>,
): string | undefined {
  const isOnly = more.length === 0 && Object.values(params).every((value) => value === undefined);
  const hasUuid = 'uuid' in of.fields && of.kindOf === undefined;
  return isOnly && first?.name === 'uuid' && first.op === '=' && hasUuid ? first.value : undefined;
}

async function itself(on: Doing, of: Resource, uuid: string): Promise<Inventory[]> {
  const row = await on.rows.byUuid(of, uuid);
  return row === undefined ? [] : [await inventory(on, of, row)];
}

type Params = Readonly<Record<string, unknown>>;

function questionOf(of: Resource, params: Params, names: readonly string[] | undefined): Query {
  const { limit = 1000, start = 0, sortDirection = 'asc' } = params;
  return {
    limit: Number(limit),
    start: Number(start),
    sortBy: column(of, 'sortBy', params.sortBy),
    sortDirection: sortDirection as Query['sortDirection'],
    groupBy: column(of, 'groupBy', params.groupBy),
    fields: columns(of, names),
  };
}

function column(of: Resource, param: string, name: unknown): string | undefined {
  if (name === undefined || name === '') return undefined;
  const known = sentNames(of).find((field) => field === name);
  if (known !== undefined) return known;
  const words = say(`${param}: ${of.name} has no field ${name}`, `${param}：${of.name} 没有字段 ${name}`);
  throw new Refusal('SYS.1000', 'usage', words, { field: param });
}

/** The columns to read for these fields: a list of another table is found by the uuid. */
function columns(of: Resource, names: readonly string[] | undefined): readonly string[] {
  const all = sentNames(of);
  if (names === undefined) return all;
  const isListed = names.some((name) => name in of.joined);
  return all.filter((name) => names.includes(name) || (isListed && name === 'uuid'));
}

/** The fields that are asked for; undefined: all. */
function chosen(of: Resource, names: unknown): readonly string[] | undefined {
  if (!Array.isArray(names) || names.length === 0) return undefined;
  const all = inventoryNames(of);
  const strange = names.find((name) => !all.includes(name));
  if (strange === undefined) return names;
  throw badField('fields', say(`${of.name} has no field ${strange}`, `${of.name} 没有字段 ${strange}`));
}
