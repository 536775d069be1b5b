import { type Section, Value } from './bus.ts';

/** One property of a profile as JSON can hold it: its D-Bus signature, and its value. */
export type Plain = [signature: string, value: unknown];

/** The value with what JSON has no words for (64-bit numbers, bytes, values within) spelt as `{"$int": "50"}` and the like. */
export const plainOf = ({ signature, value }: Value): Plain => [signature, spelt(value)];

/** The other way of `plainOf`. */
export const valueFrom = ([signature, value]: Plain): Value => new Value(signature, read(value));

export const sectionOf = (plain: Readonly<Record<string, Plain>>): Section =>
  Object.fromEntries(Object.entries(plain).map(([name, each]) => [name, valueFrom(each)]));

function spelt(value: unknown): unknown {
  if (typeof value === 'bigint') return { $int: String(value) };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Value) return { $value: plainOf(value) };
  if (Array.isArray(value)) return value.map(spelt);
  return isRecord(value) ? mapped(value, spelt) : value;
}

function read(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(read);
  if (!isRecord(value)) return value;
  const { $int, $bytes, $value } = value;
  if (typeof $int === 'string') return BigInt($int);
  if (typeof $bytes === 'string') return Buffer.from($bytes, 'base64');
  if (Array.isArray($value)) return valueFrom($value as Plain);
  return mapped(value, read);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const mapped = (record: Record<string, unknown>, change: (value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
