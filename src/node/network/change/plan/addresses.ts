import { say } from '../../../../api/words.ts';
import { bridgeName } from '../schema/names.ts';
import { isAddressed, type Link, linkOf, type NetworkState } from '../schema/state.ts';
import type { Change } from '../schema.ts';
import { onBridge } from './bridges.ts';
import {
  addressed,
  bared,
  conflict,
  edited,
  managedLink,
  refuseManagement,
  refusePort,
  released,
  without,
} from './edit.ts';
import { withMtu } from './mtu.ts';

type SetAddress = Extract<Change, { kind: 'setAddress' }>;
type ClearAddress = Extract<Change, { kind: 'clearAddress' }>;
type SetManagement = Extract<Change, { kind: 'setManagement' }>;

export function setAddress(state: NetworkState, change: SetAddress): NetworkState {
  const link = managedLink(state, change.link, 'link');
  if (change.bridge) return bridgeWithAddress(state, change, link);
  refusePort(link, 'link');
  refuseSecondHolder(state, change, link.name);
  const wanted = edited(state, link.name, familyOf(change, link));
  refuseUnmanaged(wanted, link);
  return withMtu(wanted, link.name, change.mtu);
}

/** The management link keeps one address at least. */
function refuseUnmanaged(wanted: NetworkState, link: Link): void {
  const after = linkOf(wanted, link.name);
  if (after !== undefined && !isAddressed(after)) refuseManagement(wanted, link, 'link');
}

function familyOf(change: SetAddress, link: Link): Partial<Link> {
  if (change.method === 'static') return addressed(change, link);
  const key = change.version === 4 ? 'ipv4' : 'ipv6';
  const method = change.method === 'dhcp' ? 'auto' : 'disabled';
  return { [key]: { method, addresses: [], dns: change.dns ?? [], routes: [] } };
}

function bridgeWithAddress(state: NetworkState, change: SetAddress, link: Link): NetworkState {
  const name = bridgeName(link.name);
  const there = linkOf(state, name);
  if (there !== undefined && link.controller !== name)
    throw conflict(
      'link',
      say(`${name} exists, and ${link.name} is not its port`, `${name} 已存在，而 ${link.name} 不是其端口`),
    );
  refuseSecondHolder(state, change, name);
  const bridged = there === undefined ? onBridge(state, link, name) : state;
  const bridge = linkOf(bridged, name) ?? link;
  return withMtu(edited(bridged, name, familyOf(change, bridge)), name, change.mtu);
}

/** One address stands on one link only. */
function refuseSecondHolder(state: NetworkState, change: SetAddress, name: string): void {
  const holder = state.links.find(
    (link) =>
      link.name !== name &&
      link.name !== change.link &&
      [...link.ipv4.addresses, ...link.ipv6.addresses].some((each) => each.split('/')[0] === change.address),
  );
  if (holder !== undefined)
    throw conflict(
      'address',
      say(
        `${change.address} is an address of ${holder.name}`,
        `${change.address} 已是 ${holder.name} 的地址`,
      ),
    );
}

/** Takes the addresses off. When the link is under its own bridge `br_LINK`, that goes with them. */
export function clearAddress(state: NetworkState, change: ClearAddress): NetworkState {
  const link = managedLink(state, change.link, 'link');
  const bridge = bridgeName(link.name);
  if (link.controller === bridge) {
    refuseManagement(state, { ...link, name: bridge }, 'link');
    return without(released(state, link.name), bridge);
  }
  if (!isAddressed(link)) throw conflict('link', say(`${link.name} has no address`, `${link.name} 没有地址`));
  refuseManagement(state, link, 'link');
  return bared(state, link.name);
}

export function setManagement(state: NetworkState, change: SetManagement): NetworkState {
  const link = managedLink(state, change.link, 'link');
  const has = [...link.addresses, ...link.ipv4.addresses, ...link.ipv6.addresses];
  if (has.length === 0) throw conflict('link', say(`${link.name} has no address`, `${link.name} 没有地址`));
  const address = change.address ?? '';
  if (address !== '' && !has.some((each) => each.split('/')[0] === address))
    throw conflict(
      'address',
      say(`${address} is not an address of ${link.name}`, `${address} 不是 ${link.name} 的地址`),
    );
  const { managementAddress: _, ...rest } = state;
  const chosen = address === '' ? {} : { managementAddress: address };
  return { ...rest, management: link.name, managementSet: true, ...chosen };
}
