import type { Answer } from '../calls/doing.ts';
import type { Api } from '../define/api.ts';

/** Places in an answer with the full class of what stands there: SDKs make objects of it. */
export function schemaOf({ answers = {} }: Api, answer: Answer): Record<string, string> {
  const entries = Object.entries(answers).flatMap(([field, of]) =>
    of === undefined ? [] : places(field, answer[field]).map((place) => [place, of]),
  );
  return Object.fromEntries(entries);
}

function places(field: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.map((_, index) => `${field}[${index}]`);
  return value === undefined ? [] : [field];
}
