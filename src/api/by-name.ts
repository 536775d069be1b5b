const PARTS = /(\d+)/;

/** The order of names for people: letters whatever their case, numbers in them by what they count, as `eth2` before `eth10`. */
export function byName(a: string, b: string): number {
  const [ours, theirs] = [a, b].map((name) => name.toLowerCase().split(PARTS)) as [string[], string[]];
  for (const [index, part] of ours.entries()) {
    const other = theirs[index];
    if (other === undefined) return 1;
    // Every second part is a number.
    const order = index % 2 === 1 ? Number(part) - Number(other) : compare(part, other);
    if (order !== 0) return order;
  }
  return ours.length - theirs.length || compare(a, b);
}

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);
