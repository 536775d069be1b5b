import type { Description, Field, Shape } from './description.mts';

/** Names of procedures as the description has them, without `REMOTE_PROC_`; those that end so are events. */
const EVENT = /_EVENT_CALLBACK_(?!REGISTER|DEREGISTER)/;

/** TypeScript of the codecs of these procedures and events, and of all types that they need. */
export function codecsOf(description: Description, wanted: readonly string[]): string {
  const types = new Map<string, string>();
  const rows = wanted.map((name) => ({ name, text: messageOf(description, name, types) }));
  const table = (title: string, isOne: (name: string) => boolean): string =>
    [
      `export const ${title} = {`,
      ...rows.filter(({ name }) => isOne(name)).map(({ name, text }) => `  ${camel(name)}: ${text},`),
      '} as const;',
      '',
    ].join('\n');
  const tables = [
    table('PROCEDURE', (name) => !EVENT.test(name)),
    table('EVENT', (name) => EVENT.test(name)),
  ];
  const named = [...types].map(([name, text]) => `const ${camel(name)} = ${text};`);
  return [...named, '', ...tables].join('\n');
}

function messageOf(description: Description, name: string, types: Map<string, string>): string {
  const number = description.numbers.get(`REMOTE_PROC_${name}`);
  if (number === undefined) throw new Error(`there is no procedure ${name}`);
  const part = (end: string): string => {
    const type = `remote_${name.toLowerCase()}_${end}`;
    const shape = description.types.get(type);
    return shape === undefined ? 'xdr.nothing' : codecOf(description, shape, types);
  };
  return EVENT.test(name)
    ? `xdr.event(${number}, ${part('msg')})`
    : `xdr.procedure(${number}, ${part('args')}, ${part('ret')})`;
}

function codecOf(description: Description, shape: Shape, types: Map<string, string>): string {
  const codec = (inner: Shape): string => codecOf(description, inner, types);
  const fields = (all: readonly Field[]): string =>
    all.map(({ name, shape: each }) => `${camel(name)}: ${codec(each)}`).join(', ');
  switch (shape.kind) {
    case 'number':
      return `xdr.${shape.name}`;
    case 'opaque':
      return `xdr.opaque(${shape.length})`;
    case 'bytes':
      return `xdr.bytes(${shape.most})`;
    case 'string':
      return `xdr.string(${shape.most})`;
    case 'optional':
      return `xdr.optional(${codec(shape.of)})`;
    case 'list':
      return `xdr.list(${codec(shape.of)}, ${shape.most})`;
    case 'struct':
      return `xdr.struct({ ${fields(shape.fields)} })`;
    case 'union':
      return `xdr.union({ ${shape.cases.map(({ value, field }) => `${value}: ${codec(field.shape)}`).join(', ')} })`;
    case 'unknown':
      throw new Error(`not understood: ${shape.text}`);
    case 'named':
      return named(description, shape.name, types);
  }
}

/** Its name; what it is comes before what needs it. */
function named(description: Description, name: string, types: Map<string, string>): string {
  if (types.has(name)) return camel(name);
  const shape = description.types.get(name);
  if (shape === undefined) throw new Error(`there is no type ${name}`);
  const text = codecOf(description, shape, types);
  types.set(name, text);
  return camel(name);
}

const camel = (name: string): string =>
  (/[a-z]/.test(name) ? name : name.toLowerCase())
    .replace(/^remote_/, '')
    .replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
