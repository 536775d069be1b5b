import type { Field } from '../define/fields.ts';

/** A value that cannot be read as its field's type: no number where one belongs, an object where text does. */
export class WrongType extends Error {
  constructor(field: string, type: string) {
    super(`field ${field}: not of type ${type}`);
  }
}

const INT_MOST = 2 ** 31 - 1;
const UNREADABLE = Symbol();
type Read = (raw: unknown) => unknown;

function text(raw: unknown): unknown {
  if (typeof raw === 'string') return raw.trim();
  return typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : UNREADABLE;
}

function whole(raw: unknown): unknown {
  if (typeof raw === 'string' && !/^\s*[+-]?\d{1,16}\s*$/.test(raw)) return UNREADABLE;
  const number = typeof raw === 'string' || typeof raw === 'number' ? Number(raw) : Number.NaN;
  return Number.isSafeInteger(number) ? number : UNREADABLE;
}

function int(raw: unknown): unknown {
  const number = whole(raw);
  return typeof number === 'number' && Math.abs(number) <= INT_MOST ? number : UNREADABLE;
}

function flag(raw: unknown): unknown {
  if (typeof raw === 'boolean') return raw;
  const word = typeof raw === 'string' ? raw.trim().toLowerCase() : '';
  return word === 'true' || word === 'false' ? word === 'true' : UNREADABLE;
}

function list(raw: unknown): unknown {
  const items = (Array.isArray(raw) ? raw : [raw]).map(text);
  return items.includes(UNREADABLE) ? UNREADABLE : items;
}

const map = (raw: unknown): object | typeof UNREADABLE =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? raw : UNREADABLE;

function lists(raw: unknown): unknown {
  const read = map(raw);
  if (read === UNREADABLE) return UNREADABLE;
  const entries = Object.entries(read).map(([name, value]) => [name, list(value)]);
  return entries.some(([, value]) => value === UNREADABLE) ? UNREADABLE : Object.fromEntries(entries);
}

const READ: Record<Field['type'], Read> = {
  String: text,
  Integer: int,
  Long: whole,
  Date: whole,
  Boolean: flag,
  'List<String>': list,
  Map: map,
  'Map<String,List<String>>': lists,
};

/**
 * A parameter as its field's type: clients send numbers and booleans as text too. Absent or null: undefined.
 * Throws `WrongType`.
 */
export function coerce(name: string, field: Field, raw: unknown): unknown {
  if (raw === undefined || raw === null) return undefined;
  const value = READ[field.type](raw);
  if (value === UNREADABLE) throw new WrongType(name, field.type);
  return value;
}
