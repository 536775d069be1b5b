import type { XdrReader, XdrWriter } from './xdr.ts';

/** How a value of one type is written and read. */
export interface Codec<T> {
  write(writer: XdrWriter, value: T): void;
  read(reader: XdrReader): T;
}

export type ValueOf<C> = C extends Codec<infer T> ? T : never;

/** What is called with `args` and answers `result`. */
export interface Procedure<A, R> {
  readonly number: number;
  readonly args: Codec<A>;
  readonly result: Codec<R>;
}

/** What the daemon says by itself. */
export interface Event<T> {
  readonly number: number;
  readonly body: Codec<T>;
}

export const procedure = <A, R>(number: number, args: Codec<A>, result: Codec<R>): Procedure<A, R> => ({
  number,
  args,
  result,
});

export const event = <T>(number: number, body: Codec<T>): Event<T> => ({ number, body });

export const nothing: Codec<void> = { write() {}, read() {} };

export const int: Codec<number> = {
  write: (writer, value) => writer.int(value),
  read: (reader) => reader.int(),
};

export const uint: Codec<number> = {
  write: (writer, value) => writer.uint(value),
  read: (reader) => reader.uint(),
};

export const hyper: Codec<bigint> = {
  write: (writer, value) => writer.hyper(value),
  read: (reader) => reader.hyper(),
};

export const unsignedHyper: Codec<bigint> = {
  write: (writer, value) => writer.unsignedHyper(value),
  read: (reader) => reader.unsignedHyper(),
};

export const double: Codec<number> = {
  write: (writer, value) => writer.double(value),
  read: (reader) => reader.double(),
};

/** Bytes of a fixed length. */
export const opaque = (length: number): Codec<Buffer> => ({
  write(writer, value) {
    if (value.length !== length) throw new RangeError(`${value.length} bytes where ${length} belong`);
    writer.opaque(value);
  },
  read: (reader) => reader.opaque(length),
});

/** @param most bytes */
export const string = (most: number): Codec<string> => ({
  write: (writer, value) => writer.string(atMost(most, Buffer.byteLength(value), value)),
  read: (reader) => reader.string(most),
});

export const optional = <T>(of: Codec<T>): Codec<T | undefined> => ({
  write: (writer, value) =>
    value === undefined ? writer.optional() : writer.optional((inner) => of.write(inner, value)),
  read: (reader) => reader.optional((inner) => of.read(inner)),
});

export const list = <T>(of: Codec<T>, most: number): Codec<T[]> => ({
  write(writer, values) {
    writer.uint(atMost(most, values.length, values.length));
    for (const value of values) of.write(writer, value);
  },
  read: (reader) => reader.list((inner) => of.read(inner), most),
});

type Fields = Record<string, Codec<never>>;
type StructOf<F> = { [K in keyof F]: ValueOf<F[K]> };

export const struct = <F>(fields: F): Codec<StructOf<F>> => {
  const all = Object.entries(fields as Fields);
  return {
    write(writer, value) {
      for (const [name, codec] of all) codec.write(writer, (value as Record<string, never>)[name] as never);
    },
    read: (reader) =>
      Object.fromEntries(all.map(([name, codec]) => [name, codec.read(reader) as unknown])) as StructOf<F>,
  };
};

type UnionOf<C> = { [K in keyof C & number]: { type: K; value: ValueOf<C[K]> } }[keyof C & number];

/** One of several types, with its number before it. */
export const union = <C>(cases: C): Codec<UnionOf<C>> => {
  const of = (type: number): Codec<unknown> => {
    const found = (cases as Record<number, Codec<unknown>>)[type];
    if (found === undefined) throw new RangeError(`a value of unknown type ${type}`);
    return found;
  };
  return {
    write(writer, { type, value }) {
      writer.int(type);
      of(type).write(writer, value);
    },
    read(reader) {
      const type = reader.int();
      return { type, value: of(type).read(reader) } as UnionOf<C>;
    },
  };
};

function atMost<T>(most: number, length: number, value: T): T {
  if (length > most) throw new RangeError(`${length} where ${most} is the most`);
  return value;
}
