import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { settingsOf } from './plan/difference.ts';
import { BARE } from './plan/hand-over.ts';
import { partnerIn } from './plan/partner.ts';
import {
  type Family,
  isForeign,
  type Link,
  type LinkSettings,
  type NetworkState,
  type Route,
} from './schema/state.ts';

/**
 * The kept state's settings on the links of now. NICs that it does not know lose nothing but what would contradict it;
 * what others look after stays as it is.
 * @throws Fault conflict when a link of the kept state has its name taken by another program's.
 */
export function restoredState(current: NetworkState, kept: NetworkState): NetworkState {
  const found = partnerIn(current.links, kept.links);
  const known = new Set<Link>();
  const links = kept.links
    .filter((old) => !isForeign(old))
    .flatMap((old) => {
      const now = found(old);
      if (now === undefined || now.kind !== old.kind || known.has(now))
        return old.kind === 'physical' || old.kind === 'other' ? [] : [absent(old)];
      if (isForeign(now)) throw taken(now);
      known.add(now);
      const settings = settingsOf(old);
      return [{ ...observed(now), ...(kept.whole === true ? settings : completed(settings, now)) }];
    });
  const others = current.links.filter(
    (link) => !known.has(link) && (isForeign(link) || link.kind === 'physical' || link.kind === 'other'),
  );
  return {
    ...(current.whole === true ? { whole: true } : {}),
    links: [...links.map((link) => withoutLost(link, [...links, ...others])), ...others.map(bared)],
    ...(kept.management === undefined ? {} : { management: kept.management }),
    ...(kept.managementSet === true ? { managementSet: true } : {}),
  };
}

const bared = (link: Link): Link =>
  isForeign(link) ? link : { ...observed(link), ...settingsOf({ ...link, ...BARE }) };

/** A bridge of another program's that is not there any more has no ports. */
function withoutLost(link: Link, links: readonly Link[]): Link {
  if (link.controller === undefined || links.some(({ name }) => name === link.controller)) return link;
  const { controller: _, ...rest } = link;
  return rest;
}

const taken = ({ name }: Link): Fault =>
  new Fault('conflict', say(`${name} belongs to another program now`, `${name} 现属于其他程序`), {
    field: 'id',
  });

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
