import { path } from 'zx';

/** What imports what: paths in the project. */
export type Import = readonly [from: string, to: string];

/**
 * Circles among files, and among folders that stand beside each other, a line each with the imports that close it.
 * A folder's own files may know what is in its folders and the other way round: that is one room.
 */
export function circles(imports: readonly Import[]): string[] {
  return [
    ...circlesOf('', imports),
    ...[...besideEachOther(imports)].flatMap(([at, all]) => circlesOf(at, all)),
  ];
}

/** Imports between folders of one folder, by that folder. */
function besideEachOther(imports: readonly Import[]): Map<string, Import[]> {
  const found = new Map<string, Import[]>();
  for (const [from, to] of imports) {
    const [one, other] = [path.posix.dirname(from).split('/'), path.posix.dirname(to).split('/')];
    const at = one.findIndex((name, index) => name !== other[index]);
    const [a, b] = [one[at], other[at]];
    if (a === undefined || b === undefined) continue;
    const folder = one.slice(0, at).join('/');
    found.set(folder, [...(found.get(folder) ?? []), [a, b]]);
  }
  return found;
}

function circlesOf(at: string, imports: readonly Import[]): string[] {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of imports) next.set(from, (next.get(from) ?? new Set()).add(to));
  const told = new Set<string>();
  return [...next.keys()].flatMap((start) => {
    const way = told.has(start) ? undefined : wayBack(next, start);
    for (const name of way ?? []) told.add(name);
    return way === undefined
      ? []
      : [`a circle${at === '' ? '' : ` in ${at}`}: ${[...way, start].join(' → ')}`];
  });
}

/** The shortest way from a place back to itself. */
function wayBack(next: ReadonlyMap<string, ReadonlySet<string>>, start: string): string[] | undefined {
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const to of next.get(way.at(-1) ?? '') ?? []) {
      if (to === start) return way;
      if (!seen.has(to)) ways.push([...way, to]);
      seen.add(to);
    }
  }
  return undefined;
}
