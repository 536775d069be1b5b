import type { Link } from '../schema/state.ts';

/**
 * Finds the links of one state in another. Within one boot the kernel's number tells them; where either state has none,
 * a NIC is known by its permanent MAC, any other link by its profile, each only where it is unique in both states, and
 * else by the name.
 */
export function partnerIn(others: readonly Link[], own: readonly Link[]): (link: Link) => Link | undefined {
  const byIndex = new Map(others.map((each) => [each.index, each]));
  const byName = new Map(others.map((each) => [each.name, each]));
  const here = [unique(own, macOf), unique(own, uuidOf)] as const;
  const there = [unique(others, macOf), unique(others, uuidOf)] as const;
  const same = (link: Link, at: 0 | 1, key: string | undefined) =>
    here[at].get(key) === link ? there[at].get(key) : undefined;
  const namesake = (link: Link) => {
    const found = byName.get(link.name);
    if (found === undefined) return undefined;
    const owner = here[0].get(macOf(found));
    const isAnothers = owner !== undefined && owner !== link && there[0].get(macOf(found)) === found;
    return isAnothers ? undefined : found;
  };
  return (link) =>
    (link.index === undefined ? undefined : byIndex.get(link.index)) ??
    same(link, 0, macOf(link)) ??
    same(link, 1, uuidOf(link)) ??
    namesake(link);
}

const macOf = (link: Link): string | undefined => (link.kind === 'physical' ? link.mac : undefined);
/** One profile may serve several NICs, or be copied from one to another. */
const uuidOf = (link: Link): string | undefined => (link.kind === 'physical' ? undefined : link.uuid);

/** Links by what only one of them has. */
function unique(links: readonly Link[], keyOf: (link: Link) => string | undefined): Map<unknown, Link> {
  const found = new Map<unknown, Link>();
  const twice = new Set<string>();
  for (const link of links) {
    const key = keyOf(link);
    if (key === undefined) continue;
    if (found.has(key)) twice.add(key);
    else found.set(key, link);
  }
  for (const key of twice) found.delete(key);
  return found;
}
