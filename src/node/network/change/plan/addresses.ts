import { say } from '../../../../api/words.ts';
import { canonical, prefixOf, versionOf } from '../schema/address.ts';
import type { Change } from '../schema/change.ts';
import { bridgeName } from '../schema/names.ts';
import { isAddressed, type Link, linkOf, type NetworkState } from '../schema/state.ts';
import { onBridge } from './bridges.ts';
import {
  addressed,
  conflict,
  edited,
  managedLink,
  refuseManagement,
  refusePort,
  released,
  without,
} from './edit.ts';
import { automatic, keyOf, off, serversFor, strayServers, withAddress, withoutAddress } from './family.ts';
import { withMtu } from './mtu.ts';

type SetAddress = Extract<Change, { kind: 'setAddress' }>;
type ClearAddress = Extract<Change, { kind: 'clearAddress' }>;
type AddAddress = Extract<Change, { kind: 'addAddress' }>;
type RemoveAddress = Extract<Change, { kind: 'removeAddress' }>;
type SetManagement = Extract<Change, { kind: 'setManagement' }>;

export function setAddress(state: NetworkState, change: SetAddress): NetworkState {
  const link = managedLink(state, change.link, 'link');
  if (change.bridge) return bridgeWithAddress(state, change, link);
  refusePort(link, 'link');
  refuseSecondHolder(state, change, link.name);
  const wanted = edited(state, link.name, familiesOf(change, link));
  refuseUnmanaged(wanted, link);
  return withMtu(wanted, link.name, change.mtu);
}

/** The management link keeps one address at least. */
function refuseUnmanaged(wanted: NetworkState, link: Link): void {
  const after = linkOf(wanted, link.name);
  if (after !== undefined && !isAddressed(after)) refuseManagement(wanted, link, 'link');
}

function familiesOf(change: SetAddress, link: Link): Partial<Link> {
  refuseForeignZone(change, link);
  const families = { ipv4: link.ipv4, ipv6: link.ipv6, ...byMethod(change, link) };
  const [stray] = strayServers(families, change.dns ?? []);
  if (stray === undefined) return families;
  throw conflict(
    'dns',
    say(
      `${stray} is of a family that ${link.name} has no address of`,
      `${stray} 所属的协议在 ${link.name} 上没有地址`,
    ),
  );
}

function byMethod(change: SetAddress, link: Link): Partial<Link> {
  if (change.method === 'static') return addressed(change, link);
  const key = keyOf(change.version);
  if (change.method === 'off') return { [key]: off(link[key]) };
  const family = automatic(link[key]);
  return { [key]: { ...family, dns: serversFor(change.version, change.dns, family) } };
}

/** `fe80::1%em01` is a gateway for em01 alone. */
function refuseForeignZone({ gateway = '', bridge }: SetAddress, link: Link): void {
  const zone = gateway.split('%')[1];
  if (zone === undefined || zone === link.name || bridge) return;
  throw conflict(
    'gateway',
    say(
      `${gateway} is reached through ${zone}, not ${link.name}`,
      `${gateway} 经 ${zone} 可达，而不是 ${link.name}`,
    ),
  );
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
  return withMtu(edited(bridged, name, familiesOf(change, bridge)), name, change.mtu);
}

/** One address stands on one link only. */
function refuseSecondHolder(
  state: NetworkState,
  change: { link: string; address?: string | undefined },
  name: string,
): void {
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
  return edited(state, link.name, { ipv4: off(link.ipv4), ipv6: off(link.ipv6) });
}

/** One more address, beside those that the link has. */
export function addAddress(state: NetworkState, change: AddAddress): NetworkState {
  const link = managedLink(state, change.link, 'link');
  refusePort(link, 'link');
  refuseSecondHolder(state, change, link.name);
  const { address, key } = given(change);
  if (link[key].addresses.some((each) => each.split('/')[0] === address.split('/')[0]))
    throw conflict('address', say(`${link.name} has it already`, `${link.name} 已有此地址`));
  return edited(state, link.name, { [key]: withAddress(link[key], address) });
}

const given = ({ address, netmask }: AddAddress) => {
  const version = versionOf(address) ?? 4;
  return {
    address: `${canonical(address)}/${Number(prefixOf(netmask, version))}`,
    key: keyOf(version),
  };
};

/** One of several addresses less. */
export function removeAddress(state: NetworkState, change: RemoveAddress): NetworkState {
  const link = managedLink(state, change.link, 'link');
  const key = keyOf(versionOf(change.address) ?? 4);
  const family = link[key];
  const address = canonical(change.address);
  const there = family.addresses.some((each) => each.split('/')[0] === address);
  if (!there) throw conflict('address', say(`${link.name} has no such address`, `${link.name} 没有此地址`));
  if (family.method === 'manual' && family.addresses.length === 1)
    throw conflict('address', say(`it is the only one of ${link.name}`, `它是 ${link.name} 唯一的地址`));
  return edited(state, link.name, { [key]: withoutAddress(family, address) });
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
