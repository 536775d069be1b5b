import { Fault } from '../../../../api/fault.ts';
import { say, type Words } from '../../../../api/words.ts';
import { canonical, prefixOf, versionOf } from '../schema/address.ts';
import type { Addressing } from '../schema/fields.ts';
import { holderOf, isForeign, type Link, type NetworkState, OFF, vlansOf } from '../schema/state.ts';
import { byHand, keyOf, serversFor, withServers } from './family.ts';

/** The change does not fit the state: conflict (2 as exit code), with the field that it is about. */
export const conflict = (field: string, words: Words): Fault => new Fault('conflict', words, { field });

/** The link of that name, which NetworkManager must be allowed to change. */
export function managedLink(state: NetworkState, name: string, field: string): Link {
  const link = holderOf(state, name);
  if (link === undefined)
    throw new Fault('notFound', say(`there is no link "${name}"`, `没有名为“${name}”的网络接口`), { field });
  if (link.name !== name) throw conflict(field, alternative(name, link));
  if (link.cloud === true)
    throw conflict(
      field,
      say(
        `${name} carries a network of the cloud: it is changed there`,
        `${name} 承载云的网络：请在云中更改`,
      ),
    );
  if (link.managed && isForeign(link))
    throw conflict(
      field,
      say(
        `${name} belongs to another program, NetworkManager only shows it: it is left alone`,
        `${name} 属于其他程序，NetworkManager 只显示它：不做更改`,
      ),
    );
  if (!link.managed) throw unmanaged(link, field);
  return link;
}

function unmanaged({ name, unmanaged: why }: Link, field: string): Fault {
  const words = say(`${name} is not managed by NetworkManager`, `${name} 不由 NetworkManager 管理`);
  if (why === undefined) return conflict(field, words);
  const told = say(`${words.en}: ${why.words.en}`, `${words.zh}：${why.words.zh}`);
  return new Fault('conflict', told, { field, next: why.next });
}

export function requireKind(link: Link, kind: Link['kind'], field: string): void {
  const NAMES = { bond: '链路聚合', vlan: 'VLAN', bridge: '网桥', physical: '物理网卡', other: '其他' };
  if (link.kind !== kind)
    throw conflict(field, say(`${link.name} is not a ${kind}`, `${link.name} 不是${NAMES[kind]}`));
}

export function requireFree(state: NetworkState, name: string, field: string): void {
  const holder = holderOf(state, name);
  if (holder === undefined) return;
  if (holder.name !== name) throw conflict(field, alternative(name, holder));
  throw conflict(field, say(`the name "${name}" is taken`, `名称“${name}”已被使用`));
}

const alternative = (name: string, { name: own }: Link): Words =>
  say(`"${name}" is an alternative name of ${own}`, `“${name}”是 ${own} 的别名`);

/** The state with one link's settings changed. */
export const edited = (state: NetworkState, name: string, changes: Partial<Link>): NetworkState => ({
  ...state,
  links: state.links.map((link) => (link.name === name ? { ...link, ...changes } : link)),
});

export const added = (state: NetworkState, link: Link): NetworkState => ({
  ...state,
  links: [...state.links, link],
});

export const without = (state: NetworkState, name: string): NetworkState => ({
  ...state,
  links: state.links.filter((link) => link.name !== name),
});

/** A link that does not exist yet. */
export const newLink = (name: string, kind: Link['kind']): Link => ({
  name,
  kind,
  ipv4: OFF,
  ipv6: OFF,
  managed: true,
  present: false,
  active: false,
  carrier: false,
  addresses: [],
});

/** The settings of the family that the given address belongs to; nothing when none is given. */
export function addressed(
  input: Addressing,
  now: Pick<Link, 'ipv4' | 'ipv6'>,
): Partial<Pick<Link, 'ipv4' | 'ipv6'>> {
  const address = input.address ?? '';
  const version = versionOf(address);
  if (version === undefined) return {};
  const key = keyOf(version);
  const prefix = Number(prefixOf(input.netmask ?? '', version));
  const family = byHand(now[key], `${canonical(address)}/${prefix}`, input);
  return {
    ...withServers(now, input.dns),
    [key]: { ...family, dns: serversFor(version, input.dns, family) },
  };
}

/** The link is no port any more, and says nothing about being one. */
export const released = (state: NetworkState, name: string): NetworkState => ({
  ...state,
  links: state.links.map((link) => {
    if (link.name !== name) return link;
    const { controller: _, rest = {}, ...free } = link;
    const { 'bond-port': _b, 'bridge-port': _r, ...kept } = rest;
    return { ...free, rest: kept };
  }),
});

/** A port has no addresses and VLANs of its own to speak of: its controller has. */
export function refusePort(link: Link, field: string): void {
  if (link.controller !== undefined)
    throw conflict(
      field,
      say(`${link.name} is a port of ${link.controller}`, `${link.name} 是 ${link.controller} 的端口`),
    );
}

/** What others stand on, or the node is managed at, does not go. */
export function refuseInUse(state: NetworkState, link: Link, field: string): void {
  const user = vlansOf(state, link.name)[0]?.name ?? link.controller;
  if (user !== undefined)
    throw conflict(
      field,
      say(`${link.name} is used by ${user}: remove that first`, `${link.name} 被 ${user} 使用：请先删除它`),
    );
  refuseManagement(state, link, field);
}

export function refuseManagement(state: NetworkState, link: Link, field: string): void {
  if (state.management === link.name)
    throw conflict(
      field,
      say(
        `${link.name} carries the management address: move it first`,
        `${link.name} 是管理网络接口：请先迁移管理地址`,
      ),
    );
}
