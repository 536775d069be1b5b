import type { Rest } from '../define/api.ts';

/** Something that a path leads to. */
export interface Routed {
  readonly name: string;
  readonly rest?: Rest;
}

interface Place<R> {
  readonly words: Map<string, Place<R>>;
  /** Any one word. */
  any?: Place<R>;
  /** What ends here, with the names of the words that may be any. */
  readonly ends: { of: R; names: string[] }[];
}

/** What was found at a path: all that end there, each with the path's values by its own names. */
export interface Found<R> {
  readonly of: R;
  readonly values: Readonly<Record<string, string>>;
}

const emptyPlace = <R>(): Place<R> => ({ words: new Map(), ends: [] });

/** Paths of REST with what they lead to. A fixed word is preferred to one that may be any. */
export class Routes<R extends Routed> {
  readonly #root = emptyPlace<R>();

  constructor(all: Iterable<R>) {
    for (const of of all) {
      const { path = '', optionalPaths = [] } = of.rest ?? {};
      for (const each of [path, ...optionalPaths]) if (each !== '') this.#add(each, of);
    }
  }

  /** @param words of the path, decoded */
  at(words: readonly string[]): Found<R>[] {
    const place = reached(this.#root, words);
    return (place?.ends ?? []).map(({ of, names }) => ({ of, values: named(names, words) }));
  }

  #add(path: string, of: R): void {
    const words = path.split('/').slice(1);
    let place = this.#root;
    for (const word of words) place = below(place, word);
    place.ends.push({ of, names: words.map((word) => /^\{(.+)\}$/.exec(word)?.[1] ?? '') });
  }
}

function below<R>(place: Place<R>, word: string): Place<R> {
  if (word.startsWith('{')) {
    place.any ??= emptyPlace();
    return place.any;
  }
  const known = place.words.get(word) ?? emptyPlace<R>();
  place.words.set(word, known);
  return known;
}

function reached<R>(place: Place<R> | undefined, words: readonly string[]): Place<R> | undefined {
  const [word, ...more] = words;
  if (place === undefined || word === undefined) return place?.ends.length === 0 ? undefined : place;
  return reached(place.words.get(word), more) ?? reached(place.any, more);
}

const named = (names: readonly string[], words: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name, index) => (name === '' ? [] : [[name, words[index] ?? '']])));
