import { type Api, QUERY, TAGS } from '../../management/define/api.ts';
import { type Field, type Fields, long, maybe } from '../../management/define/fields.ts';
import { nearest } from './called.ts';
import { Wrong } from './wrong.ts';

/** Fields of a message, as they are sent: every value but a list is text. */
export type Message = Record<string, unknown>;

const WORD = /^([\w.]+)(!\?=|!~=|!=|>=|<=|\?=|~=|=|>|<)(.*)$/s;
const OPERATORS: Readonly<Record<string, string>> = {
  '?=': 'in',
  '!?=': 'not in',
  '~=': 'like',
  '!~=': 'not like',
};

/** One argument taken apart; quotes around the value go. Throws `Wrong`. */
function apart(word: string): { name: string; op: string; value: string } {
  const [, name = '', op = '', value = ''] = WORD.exec(word) ?? [];
  if (name === '') throw new Wrong(`${word}: write it as name=value`);
  return { name, op, value: value.replace(/^(["'])(.*)\1$/s, '$2') };
}

/** The parameters of a message, in words `name=value`. Throws `Wrong` that names the parameter. */
export function fieldsIn(api: Api, words: readonly string[]): Message {
  const fields: Fields = { ...api.params, ...(api.kind === 'create' ? TAGS : {}), timeout: maybe(long()) };
  const message = Object.fromEntries(words.map((word) => one(api, fields, word)));
  return message;
}

function one(api: Api, fields: Fields, word: string): [string, unknown] {
  const { name, op, value } = apart(word);
  if (op !== '=') throw new Wrong(`${word}: only queries take ${op}`);
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) throw unknown(api, name, offered(fields));
  return [name, sentAs(field, name, value)];
}

function sentAs({ type }: Field, name: string, value: string): unknown {
  if (type === 'List<String>') return value.split(',');
  return type.startsWith('Map') ? mapIn(name, value, type === 'Map' ? '…' : '["…"]') : value;
}

function mapIn(name: string, value: string, form: string): unknown {
  try {
    const map: unknown = JSON.parse(value);
    if (typeof map === 'object' && map !== null && !Array.isArray(map)) return map;
  } catch {
    // Said below.
  }
  throw new Wrong(`${name}: write it as JSON, {"name": ${form}}`);
}

const offered = (fields: Fields): string[] =>
  Object.keys(fields).filter((name) => fields[name]?.hidden !== true);

function unknown({ name: api }: Api, name: string, names: readonly string[]): Wrong {
  const near = nearest(name, names);
  return new Wrong(
    `${api} has no parameter ${name}${near.length === 0 ? '' : `: it has ${near.join(', ')}`}`,
  );
}

/** Names what is missing. Throws `Wrong`. */
export function mustBeWhole(api: Api, message: Message): void {
  const missing = Object.entries(api.params)
    .filter(([name, { optional }]) => !optional && message[name] === undefined)
    .map(([name]) => name);
  if (missing.length > 0) throw new Wrong(`${api.name} wants ${missing.join(', ')}`);
}

/** What stands beside the conditions of a query, by the name that is sent; `field` is in circulation too. */
const BESIDE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(QUERY).map((name) => [name, name])),
  timeout: 'timeout',
  field: 'fields',
};

/** A query's words: conditions, and what stands beside them. Throws `Wrong`. */
export function queryIn(words: readonly string[]): Message {
  const conditions: unknown[] = [];
  const message: Message = {};
  for (const { name, op, value } of words.map(apart)) {
    const beside = op === '=' && Object.hasOwn(BESIDE, name) ? BESIDE[name] : undefined;
    if (name === 'conditions' && op === '=') conditions.push(...literal(value));
    else if (beside !== undefined) message[beside] = beside === 'fields' ? names(value) : value;
    else conditions.push(condition(name, op, value));
  }
  return { ...message, conditions };
}

const names = (value: string): string[] => value.split(',').filter((name) => name !== '');

function condition(name: string, op: string, value: string): object {
  if (value === 'null' && (op === '=' || op === '!='))
    return { name, op: op === '=' ? 'is null' : 'is not null', value: '' };
  const contains = op.endsWith('~=') && !/[%_]/.test(value);
  return { name, op: OPERATORS[op] ?? op, value: contains ? `%${value}%` : value };
}

function literal(value: string): unknown[] {
  try {
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list)) return list;
  } catch {
    // Said below.
  }
  throw new Wrong('conditions: write them as JSON, [{"name": "…", "op": "=", "value": "…"}]');
}
