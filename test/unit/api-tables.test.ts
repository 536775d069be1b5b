import { expect, test } from 'vitest';
import type { Api } from '../../src/management/define/api.ts';
import type { Field } from '../../src/management/define/fields.ts';
import { CODES } from '../../src/management/define/refusal.ts';
import { inventoryOf, type Resource } from '../../src/management/define/resource.ts';
import * as all from '../../src/management/resource/definitions.ts';
import {
  type TableField,
  type TableMessage,
  type TableParam,
  tableEnums,
  tableErrors,
  tableInventories,
  tableMessages,
} from '../fixtures/api.ts';

const APIS = all.APIS.filter(({ ours }) => !ours);
const RESOURCES = all.RESOURCES.filter(({ ours }) => !ours);
const messages = new Map(tableMessages().map((each) => [each.message, each]));
const inventories = tableInventories();

function messageOf({ message }: Api): TableMessage {
  const found = messages.get(message);
  if (found === undefined) throw new Error(`no ${message} in the tables`);
  return found;
}

/** A parameter's limits as the tables write them. */
const limitsOf = ([name, field]: [string, Field]) => {
  const { type, optional, maxLength, values, resource, okIfGone, checkAccount, target } = field;
  const { emptyString, nonEmpty, hidden, min, max } = field;
  return defined({
    ...{ name, type, required: !optional, maxLength, validValues: values, resource, okIfGone, checkAccount },
    ...{ target, emptyString, nonEmpty, hidden, min, max, default: field.default },
  });
};

const tableLimits = ({ required = false, ...param }: TableParam) => ({ ...param, required });

const defined = (object: object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

const byName = <T extends { name?: unknown }>(all: T[]) =>
  [...all].sort((a, b) => String(a.name).localeCompare(String(b.name)));

/** Where REST has it. Which paths other servers cannot reach, and what SDKs call them, is not told. */
function placeOf({ rest }: TableMessage): object | undefined {
  if (rest === undefined) return undefined;
  const { unreachable: _, sdkActions: __, ...place } = rest;
  return { ...place, path: place.path ?? '' };
}

test.each(APIS.map((api) => [api.name, api] as const))('%s: class, answer, session, place', (_, api) => {
  const table = messageOf(api);
  expect({
    ...{ cli: api.name, reply: api.reply, sync: api.sync, session: api.session },
    rest: api.rest,
  }).toEqual({
    ...{ cli: table.cli, reply: table.reply, sync: table.sync, session: table.session ?? true },
    rest: placeOf(table),
  });
});

test.each(APIS.filter(({ kind }) => kind !== 'query').map((api) => [api.name, api] as const))(
  '%s: parameters and their limits',
  (_, { params, ...api }) => {
    const table = messageOf(api as Api);
    expect(byName(Object.entries(params).map(limitsOf))).toEqual(byName(table.params.map(tableLimits)));
  },
);

test.each(APIS.map((api) => [api.name, api] as const))('%s: what it answers', (_, api) => {
  const table = messageOf(api);
  const named = table.answerField === null ? [] : [table.answerField];
  const fields = table.answerField === '*' ? Object.keys(table.answer ?? {}) : named;
  expect(Object.keys(api.answers ?? {})).toEqual(fields);
  const of = inventories.find(({ inventory }) => inventory === table.inventory);
  if (table.inventory !== undefined) expect(Object.values(api.answers ?? {})).toEqual([of?.class]);
});

const tableOf = (of: Resource) => inventories.find(({ class: full }) => full === inventoryOf(of));

/** Passwords that others tell are in no answer of ours. */
const NEVER_TOLD = ['ipmiPassword'];

/** Fields that clients of both wires are told; numbers of rows that only tie two others together say nothing. */
const isTold = ({ name, hiddenInRpc }: TableField) =>
  !hiddenInRpc && name !== 'id' && !NEVER_TOLD.includes(name);

/**
 * Lists stand in other tables, by keys that are ours to name where the tables do not; single values that the tables have in
 * another one are columns here.
 */
function joinOf({ name, type, inventory, joined }: TableField, of: Resource) {
  if (!type.startsWith('List<')) return undefined;
  const related = tableOf(of)?.related?.find(({ field }) => field === name);
  const { foreignKey, column } = joined ?? { foreignKey: related?.expandedKey };
  const resource = (joined?.inventory ?? inventory ?? '').replace(/Inventory$/, '');
  return defined({ resource, by: foreignKey ?? of.joined[name]?.by, column });
}

test.each(RESOURCES.map((of) => [of.name, of] as const))('%s: fields of its inventory', (_, of) => {
  const told = (tableOf(of)?.fields ?? []).filter(isTold);
  const fields = Object.entries(of.fields).filter(
    ([, { neverSent, kind }]) => neverSent !== true && (kind === undefined || kind === of.kindOf?.value),
  );
  expect(
    byName(fields.map(([name, field]) => defined({ name, type: field.type, enum: field.enum }))),
  ).toEqual(
    byName(
      told
        .filter((field) => joinOf(field, of) === undefined)
        .map((field) => defined({ name: field.name, type: field.type, enum: field.enum })),
    ),
  );
  expect(of.joined).toEqual(
    Object.fromEntries(
      told.flatMap((field) => (joinOf(field, of) === undefined ? [] : [[field.name, joinOf(field, of)]])),
    ),
  );
  expect(of.vo).toBe(tableOf(of)?.vo ?? `${of.name}VO`);
});

test.each(RESOURCES.map((of) => [of.name, of] as const))('%s: short names of dotted paths', (_, of) => {
  const known = new Map(RESOURCES.map((each) => [each.name, each]));
  const reached = (path: string) =>
    path
      .split('.')
      .reduce<Resource | undefined>((from, part) => known.get(from?.related[part]?.resource ?? ''), of);
  const aliases = (tableOf(of)?.aliases ?? []).filter(({ path }) => reached(path) !== undefined);
  expect(of.aliases).toEqual(Object.fromEntries(aliases.map(({ alias, path }) => [alias, path])));
});

test.each(RESOURCES.map((of) => [of.name, of] as const))('%s: what dotted names reach', (_, of) => {
  const table = tableOf(of);
  const known = new Map(RESOURCES.map((each) => [`${each.name}Inventory`, each.name]));
  const related = (table?.related ?? []).filter(({ inventory }) => known.has(inventory));
  expect(of.related).toEqual(
    Object.fromEntries(
      related.map(({ field, inventory, foreignKey, expandedKey, hidden }) => [
        field,
        defined({
          ...{ resource: known.get(inventory), hidden },
          from: foreignKey ?? of.related[field]?.from,
          to: expandedKey ?? of.related[field]?.to,
        }),
      ]),
    ),
  );
});

test('lists of values are those of the tables', () => {
  const enums = new Map(tableEnums().map((each) => [each.enum, each.values]));
  const fields = RESOURCES.flatMap((of) => Object.values(of.fields)).filter(
    (field) => field.enum !== undefined,
  );
  expect(fields.length).toBeGreaterThan(0);
  for (const field of fields)
    expect([...(field.values ?? [])], field.enum).toEqual(enums.get(field.enum ?? ''));
});

test('every code is one of the tables', () => {
  const known = tableErrors().map(({ code }) => code);
  expect(Object.keys(CODES).filter((code) => !known.includes(code))).toEqual([]);
});

test('what is a password by its name is a secret, which nothing that is written holds', () => {
  const telling = all.APIS.flatMap(({ name, params }) =>
    Object.entries(params)
      .filter(([param, { type }]) => /pass(word)?$|secret|sessionUuid/i.test(param) && type === 'String')
      .map(([param, { secret }]) => [`${name} ${param}`, secret]),
  );
  expect(telling.length).toBeGreaterThan(5);
  expect(telling.filter(([, secret]) => secret !== true)).toEqual([]);
});

test('what is ours alone is in no table', () => {
  const ours = all.APIS.filter((api) => api.ours);
  expect(ours.map(({ message }) => message).filter((message) => messages.has(message))).toEqual([]);
  const places = new Set(tableMessages().flatMap(({ rest }) => [rest?.path, ...(rest?.optionalPaths ?? [])]));
  expect(ours.filter(({ rest }) => places.has(rest?.path)).map(({ name }) => name)).toEqual([]);
});
