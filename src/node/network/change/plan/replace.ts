import { Fault } from '../../../../api/fault.ts';
import { say } from '../../../../api/words.ts';
import type { Change } from '../schema/change.ts';
import { MAC } from '../schema/fields.ts';
import type { Link, NetworkState } from '../schema/state.ts';
import { settingsOf } from './difference.ts';
import { conflict, managedLink, refusePort, requireKind } from './edit.ts';
import { rename } from './renames.ts';

type ReplaceNics = Extract<Change, { kind: 'replaceNics' }>;
type Pair = ReplaceNics['pairs'][number];

/** Which new NIC stands for which missing one: as it is given, else the first for the first, by name and by slot. */
export function pairsOf({ missing = [], spare = [] }: NetworkState, { pairs }: ReplaceNics): Pair[] {
  if (pairs.length > 0) return pairs;
  if (missing.length === 0) throw conflict('pairs', say('no NIC is missing', '没有缺失的网卡'));
  if (spare.length === 0)
    throw conflict('pairs', say('there is no new NIC to take its place', '没有可替代的新网卡'));
  return missing.slice(0, spare.length).map((link, at) => ({ missing: link.name, nic: spare[at] ?? '' }));
}

/**
 * New NICs take over the names of missing ones, and with them all that is configured for those. What is configured for
 * a MAC address alone goes to the new NIC's own name.
 */
export function replaceNics(state: NetworkState, change: ReplaceNics): NetworkState {
  const pairs = pairsOf(state, change);
  for (const key of ['missing', 'nic'] as const)
    if (new Set(pairs.map((pair) => pair[key])).size < pairs.length)
      throw conflict(key, say('one NIC is named twice', '重复列出了同一网卡'));
  return pairs.reduce(replaced, state);
}

function replaced(state: NetworkState, { missing, nic }: Pair): NetworkState {
  const gone = state.missing?.find(({ name }) => name === missing);
  if (gone === undefined)
    throw new Fault('notFound', say(`no missing NIC is called "${missing}"`, `没有缺失的网卡“${missing}”`), {
      field: 'missing',
    });
  const link = managedLink(state, nic, 'nic');
  refusePort(link, 'nic');
  requireKind(link, 'physical', 'nic');
  if (state.spare?.includes(nic) !== true)
    throw conflict('nic', say(`${nic} is configured itself`, `${nic} 自身已有配置`));
  const name = MAC.test(missing) ? nic : missing;
  const renamed = name === nic ? state : rename(state, { kind: 'rename', from: nic, to: name });
  return {
    ...renamed,
    links: renamed.links.map((link) => (link.name === name ? inPlaceOf(link, gone) : link)),
    missing: (state.missing ?? []).filter(({ name }) => name !== missing),
  };
}

function inPlaceOf(nic: Link, gone: Link): Link {
  const { mtu: _m, controller: _c, rest: _r, shared: _s, ...seen } = nic;
  const { rest, name: _n, ...settings } = settingsOf(gone);
  const { uuid } = gone;
  return { ...seen, ...settings, ...restFor(rest), ...(uuid === undefined ? {} : { uuid }) };
}

/** Bound by the name from now on: the MAC address is that of the NIC that is gone. */
function restFor(rest: Link['rest']): Pick<Link, 'rest'> {
  if (rest === undefined) return {};
  const { '802-3-ethernet': wired = {}, ...others } = rest;
  const { 'mac-address': _, ...kept } = wired;
  return { rest: Object.keys(kept).length === 0 ? others : { ...others, '802-3-ethernet': kept } };
}
