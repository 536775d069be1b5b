import type { Field, Fields, ValueOf } from './fields.ts';

/** A table of the store. Its columns are its fields, by the same names. */
export interface Table<N extends string = string, F extends Fields = Fields> {
  readonly table: N;
  readonly fields: F;
  /** Columns of the primary key. */
  readonly key: readonly string[];
  /** Columns that no two rows share, each list one constraint. */
  readonly unique?: readonly (readonly string[])[];
  readonly index?: readonly (readonly string[])[];
}

/** A row of a table: text, number (dates are milliseconds since 1970), boolean, or null. */
export type RowOf<T extends Table> = { -readonly [K in keyof T['fields']]: ValueOf<T['fields'][K]> };

/** What a statement gives and takes: neither engine has a boolean of its own. */
type Stored<V> = V extends boolean ? number : V;

export type StoredOf<T extends Table> = {
  -readonly [K in keyof T['fields']]: Stored<ValueOf<T['fields'][K]>>;
};

/** These tables as the query builder wants them. */
export type TablesOf<T extends Table> = { [X in T as X['table']]: StoredOf<X> };

export const table = <const N extends string, F extends Fields>(
  name: N,
  fields: F,
  more: Partial<Pick<Table, 'key' | 'unique' | 'index'>> = {},
): Table<N, F> => ({ table: name, fields, key: ['uuid'], ...more });

/** The fields of a table by name. */
export const fieldsOf = ({ fields }: Table): [string, Field][] => Object.entries(fields);

const flags = new WeakMap<Table, readonly string[]>();

/** Names of a table's booleans. */
function flagsOf(of: Table): readonly string[] {
  const known = flags.get(of);
  if (known !== undefined) return known;
  const names = fieldsOf(of).flatMap(([name, { type }]) => (type === 'Boolean' ? [name] : []));
  flags.set(of, names);
  return names;
}

/** A stored row with booleans where its fields are such. */
export function rowOf<T extends Table>(of: T, stored: StoredOf<T>): RowOf<T> {
  const names = flagsOf(of);
  if (names.length === 0) return stored as RowOf<T>;
  const row: Record<string, unknown> = { ...stored };
  for (const name of names) if (typeof row[name] === 'number') row[name] = row[name] !== 0;
  return row as RowOf<T>;
}
