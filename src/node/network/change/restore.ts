import { settingsOf } from './plan/difference.ts';
import { BARE } from './plan/edit.ts';
import type { Link, NetworkState } from './schema/state.ts';

/** The kept state's settings on the links of now. NICs that it does not know lose nothing but what would contradict it. */
export function restoredState(current: NetworkState, kept: NetworkState): NetworkState {
  const links = kept.links.flatMap((old) => {
    const now = partner(current, old);
    if (now === undefined) return old.kind === 'physical' || old.kind === 'other' ? [] : [absent(old)];
    return [{ ...observed(now), ...settingsOf(old) }];
  });
  const known = new Set(links.map((link) => link.mac ?? link.name));
  const newer = current.links
    .filter(
      (link) => (link.kind === 'physical' || link.kind === 'other') && !known.has(link.mac ?? link.name),
    )
    .map((link) => ({ ...observed(link), ...settingsOf({ ...link, ...BARE }) }));
  return {
    links: [...links, ...newer],
    ...(kept.management === undefined ? {} : { management: kept.management }),
    ...(kept.managementSet === true ? { managementSet: true } : {}),
  };
}

function partner(state: NetworkState, old: Link): Link | undefined {
  if (old.mac !== undefined) return state.links.find((link) => link.mac === old.mac);
  return (
    state.links.find((link) => link.uuid !== undefined && link.uuid === old.uuid) ??
    state.links.find((link) => link.name === old.name && link.kind === old.kind)
  );
}

/** What was seen of the link, without its settings. */
function observed(link: Link): Link {
  const { mtu: _m, controller: _c, bond: _b, vlan: _v, bridge: _r, ...rest } = link;
  return rest;
}

/** A link that was taken away since gets a new profile. */
function absent(old: Link): Link {
  const { uuid: _, ...rest } = old;
  return { ...rest, present: false, active: false, carrier: false, addresses: [] };
}
