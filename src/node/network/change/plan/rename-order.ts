export interface Rename {
  from: string;
  to: string;
}

/**
 * The renames in an order in which each name is free when it is given. Of those that wait for one another in a circle,
 * one goes by a name that nobody has.
 * @param taken all names that are in use
 */
export function renameOrder(renames: readonly Rename[], taken: ReadonlySet<string>): Rename[] {
  const waiting = [...renames];
  const ordered: Rename[] = [];
  while (waiting.length > 0) {
    const free = waiting.findIndex(({ to }) => !waiting.some(({ from }) => from === to));
    const [next] = waiting.splice(Math.max(free, 0), 1);
    if (next === undefined) break;
    if (free >= 0) {
      ordered.push(next);
      continue;
    }
    const passing = unused(taken);
    ordered.push({ from: next.from, to: passing });
    waiting.push({ from: passing, to: next.to });
  }
  return ordered;
}

function unused(taken: ReadonlySet<string>): string {
  let number = 0;
  while (taken.has(`zs-passing${number}`)) number++;
  return `zs-passing${number}`;
}
