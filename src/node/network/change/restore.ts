import { settingsOf } from './plan/difference.ts';
import { BARE } from './plan/hand-over.ts';
import type { Family, Link, LinkSettings, NetworkState, Route } from './schema/state.ts';

/** The kept state's settings on the links of now. NICs that it does not know lose nothing but what would contradict it. */
export function restoredState(current: NetworkState, kept: NetworkState): NetworkState {
  const links = kept.links.flatMap((old) => {
    const now = partner(current, old);
    if (now === undefined) return old.kind === 'physical' || old.kind === 'other' ? [] : [absent(old)];
    const settings = settingsOf(old);
    return [{ ...observed(now), ...(kept.whole === true ? settings : completed(settings, now)) }];
  });
  const known = new Set(links.map((link) => link.mac ?? link.name));
  const newer = current.links
    .filter(
      (link) => (link.kind === 'physical' || link.kind === 'other') && !known.has(link.mac ?? link.name),
    )
    .map((link) => ({ ...observed(link), ...settingsOf({ ...link, ...BARE }) }));
  return {
    ...(current.whole === true ? { whole: true } : {}),
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

/** What a state of an older version does not tell stays as it is now. */
function completed(old: LinkSettings, now: Link): LinkSettings {
  const family = (key: 'ipv4' | 'ipv6'): Family => {
    const routes = old[key].routes.map(
      (route) => now[key].routes.find((each) => isSame(each, route)) ?? route,
    );
    const { rest, attributes } = now[key];
    return { ...old[key], routes, ...(rest && { rest }), ...(attributes && { attributes }) };
  };
  const { rest } = now;
  return { ...old, ipv4: family('ipv4'), ipv6: family('ipv6'), ...(rest && { rest }) };
}

const isSame = (one: Route, other: Route): boolean =>
  one.to === other.to && one.via === other.via && one.metric === other.metric;

/** What was seen of the link, without its settings. */
function observed(link: Link): Link {
  const { mtu: _m, controller: _c, bond: _b, vlan: _v, bridge: _g, rest: _r, ...seen } = link;
  return seen;
}

/** A link that was taken away since gets a new profile. */
function absent(old: Link): Link {
  const { uuid: _, ...rest } = old;
  return { ...rest, present: false, active: false, carrier: false, addresses: [] };
}
