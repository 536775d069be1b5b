import type { Field } from '../define/fields.ts';
import type { Resource } from '../define/resource.ts';
import { fieldsOf, type Table } from '../define/table.ts';
import { dateText } from './dates.ts';

/** An inventory as both wires answer it. */
export type Inventory = Record<string, unknown>;

const sent = new WeakMap<Table, readonly (readonly [string, Field])[]>();

function sentFields(of: Table): readonly (readonly [string, Field])[] {
  const known = sent.get(of);
  if (known !== undefined) return known;
  const fields = fieldsOf(of).filter(([, { neverSent }]) => neverSent !== true);
  sent.set(of, fields);
  return fields;
}

/** Fields of a resource that a condition may name and an answer may hold. */
export const sentNames = (of: Resource): string[] => sentFields(of).map(([name]) => name);

/** A row as it goes over the wire: dates as text, nulls and what is never sent left out. */
export function render(of: Table, row: Readonly<Record<string, unknown>>): Inventory {
  const inventory: Inventory = {};
  for (const [name, { type }] of sentFields(of)) {
    const value = row[name];
    if (value === null || value === undefined) continue;
    inventory[name] = type === 'Date' ? dateText(value as number) : value;
  }
  return inventory;
}
