import type { Api } from '../../management/define/api.ts';
import { type Known, knownMessages } from '../../management/define/known.ts';
import { APIS } from '../../management/resource/definitions.ts';
import { Wrong } from './wrong.ts';

/** An API by its name; without `served`, this version of the service does not serve it. */
export interface Called extends Known {
  readonly served: Api | undefined;
}

const SHOWN = 3;

/** The API of that name. Throws `Wrong` with the names that are nearest to it. */
export function apiNamed(name: string): Called {
  const served = APIS.find((api) => api.name === name);
  if (served !== undefined) return { ...served, served };
  const known = knownMessages().find((api) => api.name === name);
  if (known !== undefined) return { ...known, served: undefined };
  const names = new Set([...knownMessages(), ...APIS].map((api) => api.name));
  throw new Wrong(`there is no ${name}: did you mean ${nearest(name, [...names]).join(', ')}?`);
}

/** The names that take the fewest changes of letters, whatever their case. */
export function nearest(name: string, names: readonly string[]): string[] {
  const wanted = name.slice(0, 80).toLowerCase();
  return names
    .map((each) => [changes(wanted, each.toLowerCase()), each] as const)
    .sort(([a, one], [b, other]) => a - b || (one < other ? -1 : 1))
    .slice(0, SHOWN)
    .map(([, each]) => each);
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
function changes(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [at, other] of [...to].entries()) {
      const least = Math.min(row[at + 1] ?? 0, next[at] ?? 0) + 1;
      next.push(Math.min(least, (row[at] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
