import { parseArgs } from 'node:util';
import { printable } from './printable.ts';

interface Types {
  boolean: boolean;
  string: string;
  /** Whole and not negative. */
  number: number;
}

/** Options by their long names; all but a `boolean` one want a value. */
export type Options = Readonly<Record<string, { readonly type: keyof Types }>>;

export type Given<O extends Options> = { [K in keyof O]?: Types[O[K]['type']] };

/** What is wrong with a call, in one line. */
export class WrongCall extends Error {}

/** The options in a program's arguments. Throws `WrongCall` that names the argument; words without an option are wrong. */
export function optionsIn<const O extends Options>(options: O, argv: readonly string[]): Given<O> {
  const known = Object.entries(options).map(([name, { type }]) => [
    name,
    { type: type === 'boolean' ? type : 'string' } as const,
  ]);
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(known),
    strict: false,
    tokens: true,
  });
  const given: Record<string, Types[keyof Types]> = {};
  for (const token of tokens) {
    if (token.kind === 'positional') throw new WrongCall(`takes no argument "${token.value}"`);
    if (token.kind === 'option') given[token.name] = taken(options, token);
  }
  return given as Given<O>;
}

interface Token {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function taken(options: Options, { name, rawName, value, inlineValue }: Token): Types[keyof Types] {
  const type = Object.hasOwn(options, name) ? options[name]?.type : undefined;
  if (type === undefined) throw new WrongCall(`there is no option ${rawName}`);
  if (type === 'boolean') {
    if (value !== undefined) throw new WrongCall(`${rawName} takes no value`);
    return true;
  }
  // What begins like an option is one that stands where the value was forgotten.
  if (value === undefined || (inlineValue !== true && value.startsWith('-')))
    throw new WrongCall(`${rawName} wants a value`);
  if (type === 'string') return value;
  if (!/^\d{1,9}$/.test(value)) throw new WrongCall(`${rawName} wants a whole number, not ${value}`);
  return Number(value);
}

/**
 * The options that this program was called with. `--help` prints the usage, `--version` the version; what is wrong is
 * one line and exit code 2. In these three cases it does not return.
 */
export function calledWith<const O extends Options>(name: string, usage: string, options: O): Given<O> {
  try {
    const asked = optionsIn(
      { ...options, help: { type: 'boolean' }, version: { type: 'boolean' } },
      process.argv.slice(2),
    ) as Given<O> & { help?: boolean; version?: boolean };
    if (asked.help === true) return said(usage);
    if (asked.version === true) return said(`${name} ${process.env.ZS_VERSION ?? 'development'}`);
    return asked;
  } catch (thrown) {
    if (thrown instanceof WrongCall) return wrongCall(name, `${thrown.message} (--help tells)`);
    throw thrown;
  }
}

/** Says in one line what is wrong with the call, and ends the program with exit code 2. */
export function wrongCall(name: string, why: string): never {
  process.stderr.write(`${name}: ${printable(why)}\n`);
  process.exit(2);
}

function said(text: string): never {
  process.stdout.write(`${text}\n`);
  process.exit(0);
}
