/** The language of libvirt's protocol description (RFC 4506, section 6), as far as it is used there. */

export type Shape =
  | { kind: 'number'; name: 'int' | 'uint' | 'hyper' | 'unsignedHyper' | 'double' }
  | { kind: 'opaque'; length: number }
  | { kind: 'bytes'; most: number }
  | { kind: 'string'; most: number }
  | { kind: 'named'; name: string }
  | { kind: 'optional'; of: Shape }
  | { kind: 'list'; of: Shape; most: number }
  | { kind: 'struct'; fields: Field[] }
  | { kind: 'union'; cases: { value: number; field: Field }[] }
  /** Not understood: no matter until a procedure needs it. */
  | { kind: 'unknown'; text: string };

export interface Field {
  name: string;
  shape: Shape;
}

export interface Description {
  types: Map<string, Shape>;
  numbers: Map<string, number>;
}

const NUMBERS: Record<string, Extract<Shape, { kind: 'number' }>['name']> = {
  int: 'int',
  'unsigned int': 'uint',
  hyper: 'hyper',
  'unsigned hyper': 'unsignedHyper',
  double: 'double',
};

const DEFINITION =
  /\bconst (\w+) *= *(\w+);|\btypedef ([^;]+);|\benum (\w+) \{([^}]*)\};|\bstruct (\w+) \{([^}]*)\};|\bunion (\w+) switch \(int type\) \{([^}]*)\};/g;
const FIELD = /^((?:unsigned )?\w+) (\*?)(\w+)(?:\[(\w+)\]|<(\w+)>)?$/;

/** @param headers C text whose `NAME = number` and `# define NAME (number)` the description refers to */
export function readDescription(text: string, headers: string): Description {
  const read: Description = { types: new Map(), numbers: numbersIn(bare(headers)) };
  for (const found of bare(text).matchAll(DEFINITION)) define(read, found);
  return read;
}

const bare = (text: string): string => text.replace(/\/\*.*?\*\//gs, '').replace(/^%.*$/gm, '');

function numbersIn(text: string): Map<string, number> {
  const found = text.matchAll(/(?:# *define +)?\b([A-Z][A-Z0-9_]+) *(?:=|\() *(\d+)\b/g);
  return new Map(Array.from(found, ([, name = '', value]) => [name, Number(value)]));
}

function define(read: Description, found: RegExpMatchArray): void {
  const [, constant, value = '', type, enumeration, members = '', struct, body = '', union, cases = ''] =
    found;
  if (constant !== undefined) read.numbers.set(constant, numberOf(read, value));
  if (type !== undefined) addField(read, fieldFrom(read, type));
  if (enumeration !== undefined) {
    for (const [name, number] of numbersIn(members)) read.numbers.set(name, number);
    addField(read, { name: enumeration, shape: { kind: 'number', name: 'int' } });
  }
  if (struct !== undefined) addField(read, { name: struct, shape: structFrom(read, body) });
  if (union !== undefined) addField(read, { name: union, shape: unionFrom(read, cases) });
}

const addField = ({ types }: Description, { name, shape }: Field): unknown => types.set(name, shape);

const structFrom = (read: Description, body: string): Shape => ({
  kind: 'struct',
  fields: statements(body).map((line) => fieldFrom(read, line)),
});

const unionFrom = (read: Description, body: string): Shape => ({
  kind: 'union',
  cases: Array.from(body.matchAll(/case (\w+):([^;]+);/g), ([, value = '', line = '']) => ({
    value: numberOf(read, value),
    field: fieldFrom(read, line),
  })),
});

const statements = (body: string): string[] =>
  body
    .split(';')
    .map((line) => line.trim())
    .filter((line) => line !== '');

function fieldFrom(read: Description, text: string): Field {
  const line = text.trim().replace(/\s+/g, ' ');
  const [, type = '', pointer, name = '', fixed, most] = FIELD.exec(line) ?? [];
  if (name === '') throw new Error(`not understood: ${line}`);
  return { name, shape: shapeOf(read, type, { pointer: pointer === '*', fixed, most }) };
}

interface Around {
  pointer: boolean;
  fixed: string | undefined;
  most: string | undefined;
}

function shapeOf(read: Description, type: string, { pointer, fixed, most }: Around): Shape {
  const limit = most === undefined ? undefined : numberOf(read, most);
  if (type === 'string' && limit !== undefined) return { kind: 'string', most: limit };
  if (type === 'opaque' && limit !== undefined) return { kind: 'bytes', most: limit };
  if (type === 'opaque' && fixed !== undefined) return { kind: 'opaque', length: numberOf(read, fixed) };
  const number = NUMBERS[type];
  const plain: Shape =
    number === undefined ? { kind: 'named', name: type } : { kind: 'number', name: number };
  if (pointer) return { kind: 'optional', of: plain };
  if (limit !== undefined) return { kind: 'list', of: plain, most: limit };
  if (fixed !== undefined) return { kind: 'unknown', text: `${type}[${fixed}]` };
  return plain;
}

function numberOf({ numbers }: Description, word: string): number {
  const value = /^\d/.test(word) ? Number(word) : numbers.get(word);
  if (value === undefined || Number.isNaN(value)) throw new Error(`${word}: no number`);
  return value;
}
