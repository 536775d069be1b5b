import type { Rest } from '../define/api.ts';
import { isObject } from './envelope.ts';

/** What a request gives, before it is read as the API's types. */
export interface Given {
  readonly values: Record<string, unknown>;
  readonly conditions?: unknown;
}

type Query = Readonly<Record<string, unknown>>;

/** Parameters in a body: below the API's key; tags stand beside it or inside. */
export function inBody({ parameterName = 'params' }: Rest, body: unknown): Record<string, unknown> {
  const outer = isObject(body) ? body : {};
  const inner = isObject(outer[parameterName]) ? (outer[parameterName] as Record<string, unknown>) : {};
  const { systemTags, userTags } = outer;
  return {
    ...(systemTags === undefined ? {} : { systemTags }),
    ...(userTags === undefined ? {} : { userTags }),
    ...inner,
  };
}

/** `q=` is read as words of conditions; the first operator behind the name counts. */
const CONDITION =
  /^\s*([\w.]+?)\s*(!\?=|!~=|!=|>=|<=|~=|\?=|=|>|<|\bis null\b|\bis not null\b|\bnot null\b)(.*)$/s;

const WORDS: Readonly<Record<string, string>> = {
  '?=': 'in',
  '!?=': 'not in',
  '~=': 'like',
  '!~=': 'not like',
  'not null': 'is not null',
};

const many = (value: unknown): unknown[] => (value === undefined ? [] : [value].flat());

function condition(raw: unknown): unknown {
  const [, name, op = '', value] = CONDITION.exec(String(raw)) ?? [];
  return name === undefined ? { name: String(raw) } : { name, op: WORDS[op] ?? op, value };
}

const SORT = /^([+-]?)(.*)$/s;

/** The sort of a query: `+name`, `-name` (a plus arrives as a blank), or the name alone. */
function sorted(sort: unknown): Record<string, unknown> {
  if (typeof sort !== 'string') return {};
  const [, way, sortBy] = SORT.exec(sort.replace(/^ /, '+')) ?? [];
  return { sortBy, sortDirection: way === '-' ? 'desc' : 'asc' };
}

/** A query's parameters; with a uuid in the path it asks for that one alone. */
export function inQuery({ q, sort, fields, ...values }: Query, uuid: string | undefined): Given {
  if (uuid !== undefined) return { values: {}, conditions: [{ name: 'uuid', op: '=', value: uuid }] };
  const list = many(fields).flatMap((names) => String(names).split(','));
  return {
    values: { ...values, ...sorted(sort), ...(list.length === 0 ? {} : { fields: list }) },
    conditions: many(q).map(condition),
  };
}

/** Values of a query's text: `name.key=value` is a value of a map. */
export function withMaps(query: Query): Record<string, unknown> {
  const maps: Record<string, Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(query)) {
    const [, map, key] = /^([^.]+)\.(.+)$/s.exec(name) ?? [];
    if (map !== undefined && key !== undefined) maps[map] = { ...maps[map], [key]: value };
  }
  return { ...query, ...maps };
}
