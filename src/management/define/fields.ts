import type { Secret } from '../../api/secret-text.ts';

/** What a value is, by the names that the wire's tables use. */
export type FieldType =
  | 'String'
  | 'Integer'
  | 'Long'
  | 'Boolean'
  | 'Date'
  | 'List<String>'
  | 'Map'
  | 'Map<String,List<String>>';

/**
 * One field of a table, an inventory or a call. `T` is its value in the code: text, number (dates are milliseconds
 * since 1970), boolean or a list of texts. `O`: it may be absent, which is NULL in a table.
 */
export interface Field<T = unknown, O extends boolean = boolean> {
  readonly type: FieldType;
  readonly optional: O;
  /** Only for the compiler: the type of the value. */
  readonly as?: T;
  /** In UTF-16 units. */
  readonly maxLength?: number;
  /** 32 hex digits. */
  readonly uuid?: true;
  readonly values?: readonly string[];
  /** Name of the list of values, where it has one. */
  readonly enum?: string;
  /** Both inclusive. */
  readonly min?: number;
  readonly max?: number;
  /** Resource that the uuid names, such as `ZoneVO`. */
  readonly resource?: string;
  /** What the uuid names may be gone: the call has nothing to do then. */
  readonly okIfGone?: true;
  /** It must belong to the caller's account. */
  readonly checkAccount?: true;
  readonly target?: true;
  /** `false`: an empty text is refused. */
  readonly emptyString?: false;
  /** A list must have an element, a map a name. */
  readonly nonEmpty?: true;
  /** What an absent parameter means. */
  readonly default?: string | number | boolean;
  /** Accepted, and not offered to people. */
  readonly hidden?: true;
  /** In the code a Secret, so that nothing that is written or told of a call holds it. */
  readonly secret?: true;
  /** Kept in the table, in no answer, and no condition may name it. */
  readonly neverSent?: true;
  /** Only rows of that kind of the resource have it. */
  readonly kind?: string;
}

export type Fields = Readonly<Record<string, Field>>;

type Limits = Partial<Omit<Field, 'type' | 'optional' | 'as'>>;

export const text = (maxLength?: number): Field<string, false> => ({
  type: 'String',
  optional: false,
  ...(maxLength === undefined ? {} : { maxLength }),
});

/** A password or the like: a parameter, never a column. */
export const secret = (maxLength?: number): Field<Secret, false> => ({
  type: 'String',
  optional: false,
  secret: true,
  ...(maxLength === undefined ? {} : { maxLength }),
});

export const uuid = (): Field<string, false> => ({ type: 'String', optional: false, uuid: true });

/** The uuid of another resource, by its entity's name, such as `ZoneVO`. */
export const ref = (resource: string): Field<string, false> => ({ ...uuid(), resource });

export const oneOf = <const V extends string>(
  values: readonly V[],
  name?: string,
): Field<V, false> & { readonly values: readonly V[] } => ({
  type: 'String',
  optional: false,
  values,
  ...(name === undefined ? {} : { enum: name }),
});

/** A whole number of 32 bits. */
export const int = (min?: number, max?: number): Field<number, false> => ({
  type: 'Integer',
  optional: false,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

/** A whole number, such as bytes; up to 2^53 - 1. */
export const long = (min?: number, max?: number): Field<number, false> => ({
  ...int(min, max),
  type: 'Long',
});

export const flag = (): Field<boolean, false> => ({ type: 'Boolean', optional: false });

export const date = (): Field<number, false> => ({ type: 'Date', optional: false });

export const texts = (): Field<readonly string[], false> => ({ type: 'List<String>', optional: false });

/** Lists of texts by a name. */
export const textsByName = (): Field<Readonly<Record<string, readonly string[]>>, false> => ({
  type: 'Map<String,List<String>>',
  optional: false,
});

/** Whatever a client writes by names; what takes it checks what is in it. */
export const map = (): Field<Readonly<Record<string, unknown>>, false> => ({ type: 'Map', optional: false });

/** The uuids of other resources, at least one. */
export const refs = (resource: string): Field<readonly string[], false> => ({
  ...texts(),
  nonEmpty: true,
  resource,
});

/** The same field, which may be absent. */
export const maybe = <T>({ optional: _, ...field }: Field<T>): Field<T, true> => ({
  ...field,
  optional: true,
});

/** The same field with further limits. */
export const bounded = <F extends Field>(field: F, limits: Limits): F => ({ ...field, ...limits });

/** The same fields, kept in the table alone. */
export const unsent = <F extends Fields>(fields: F): F =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, bounded(field, { neverSent: true })]),
  ) as F;

/** When a row was made and last changed. */
export const DATES = { createDate: date(), lastOpDate: date() } as const;

/** The value of a field in a row. */
export type ValueOf<F> = F extends Field<infer T, infer O> ? (O extends true ? T | null : T) : never;
