import { say } from '../../../../api/words.ts';
import type { Change } from '../schema/change.ts';
import { isForeign, type Link, type NetworkState } from '../schema/state.ts';
import { conflict, managedLink, requireFree } from './edit.ts';
import { vlanNameAfter } from './vlans.ts';

/** Everything that names the NIC follows: its ports' and VLANs' profiles, VLANs that are called after it, `primary` of bonds. */
export function rename(state: NetworkState, change: Extract<Change, { kind: 'rename' }>): NetworkState {
  const { from, to } = change;
  const nic = managedLink(state, from, 'from');
  if (nic.kind !== 'physical')
    throw conflict('from', say(`${from} is not a physical NIC`, `${from} 不是物理网卡`));
  if (nic.mac === undefined)
    throw conflict(
      'from',
      say(`${from} has no permanent MAC address to know it by`, `${from} 没有可识别的永久 MAC 地址`),
    );
  const double = state.links.find((link) => link.name !== from && link.mac === nic.mac);
  if (double !== undefined)
    throw conflict(
      'from',
      say(
        `${from} and ${double.name} have one MAC address: the next boot could not tell which is ${to}`,
        `${from} 与 ${double.name} 的 MAC 地址相同：下次启动无法分辨哪个是 ${to}`,
      ),
    );
  // Its own alternative name, such as the one it was found with, may become its name.
  if (nic.altnames?.includes(to) !== true) requireFree(state, to, 'to');
  const links = state.links.map((link) => follow(link, from, to));
  const twin = links.find((link, at) => links.findIndex((other) => other.name === link.name) !== at);
  if (twin !== undefined)
    throw conflict('to', say(`the name "${twin.name}" would be taken twice`, `名称“${twin.name}”将重复`));
  const management =
    state.management === undefined ? undefined : nameAfter(state, state.management, from, to);
  return { ...state, links, ...(management === undefined ? {} : { management }) };
}

function nameAfter(state: NetworkState, name: string, from: string, to: string): string {
  const link = state.links.find((each) => each.name === name);
  return link === undefined ? name : follow(link, from, to).name;
}

function follow(link: Link, from: string, to: string): Link {
  if (link.name === from) return { ...link, name: to };
  if (isForeign(link))
    return link.vlan?.parent === from ? { ...link, vlan: { ...link.vlan, parent: to } } : link;
  if (link.vlan?.parent === from)
    return { ...link, name: vlanNameAfter(link, from, to), vlan: { ...link.vlan, parent: to } };
  if (link.bond?.options.primary === from)
    return { ...link, bond: { ...link.bond, options: { ...link.bond.options, primary: to } } };
  return link;
}
