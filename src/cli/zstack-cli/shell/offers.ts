import { type Api, QUERY, TAGS } from '../../../management/define/api.ts';
import type { Field } from '../../../management/define/fields.ts';
import { knownMessages } from '../../../management/define/known.ts';
import type { Resource } from '../../../management/define/resource.ts';
import { APIS, RESOURCES } from '../../../management/resource/definitions.ts';

/** What may stand at the end of a line, and the part of the line that it stands for. */
export interface Offers {
  readonly offers: readonly string[];
  readonly part: string;
}

export const BUILTINS = ['exit', 'help', 'history', 'more', 'quit', 'save'];

const NAMES = [
  ...new Set([...knownMessages().filter(({ obsolete }) => !obsolete), ...APIS].map(({ name }) => name)),
].sort();

/** Names of APIs that have a text anywhere in them, whatever its case. */
export const namesWith = (text: string): string[] =>
  NAMES.filter((name) => name.toLowerCase().includes(text.toLowerCase()));

/** @param line up to the cursor */
export function offersFor(line: string): Offers {
  const words = line.trimStart().split(/\s+/);
  const part = words.at(-1) ?? '';
  const [name = '', ...given] = words;
  if (words.length === 1) return { offers: [...namesWith(part), ...startingWith(BUILTINS, part)], part };
  if (name === 'help') return { offers: namesWith(part), part };
  const api = APIS.find((each) => each.name === name);
  if (api === undefined) return { offers: [], part };
  const value = /^(\w+)=(.*)$/.exec(part);
  if (value !== null) return { offers: valuesOf(api, value[1] ?? '', value[2] ?? ''), part: value[2] ?? '' };
  const free = parametersOf(api).filter((each) => !given.slice(0, -1).some((word) => word.startsWith(each)));
  return { offers: startingWith(free, part), part };
}

const startingWith = (words: readonly string[], part: string): string[] =>
  words.filter((word) => word.toLowerCase().startsWith(part.toLowerCase()));

const isOffered = ([, field]: [string, Field]): boolean => field.hidden !== true && field.neverSent !== true;

const namesOf = (fields: Readonly<Record<string, Field>>): string[] =>
  Object.entries(fields)
    .filter(isOffered)
    .map(([name]) => name);

/** `name=` of each parameter; of a query what it may be asked for, and dotted to what is related to it. */
function parametersOf({ kind, params, resource }: Api): string[] {
  if (kind !== 'query' || resource === undefined)
    return namesOf(kind === 'create' ? { ...params, ...TAGS } : params).map((name) => `${name}=`);
  const own = [...namesOf(resource.fields), '__systemTag__', '__userTag__'].map((name) => `${name}=`);
  const beside = namesOf(QUERY).map((name) => `${name}=`);
  return [...own, ...relatedOf(resource), ...beside];
}

function relatedOf({ related, aliases }: Resource): string[] {
  const seen = Object.entries(related).filter(([, { hidden }]) => !hidden);
  const direct = seen.flatMap(([name, { resource }]) => {
    const of = RESOURCES.find((each) => each.name === resource);
    return of === undefined ? [] : namesOf(of.fields).map((field) => `${name}.${field}=`);
  });
  return [...direct, ...Object.keys(aliases).map((alias) => `${alias}.`)];
}

/** Values that a parameter, or a field of a query, is one of. */
function valuesOf({ params, kind, resource }: Api, name: string, part: string): string[] {
  const fields: Readonly<Record<string, Field>> =
    kind === 'query' ? { ...resource?.fields, ...params } : params;
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  const values = field?.type === 'Boolean' ? ['true', 'false'] : (field?.values ?? []);
  return startingWith(values, part);
}
