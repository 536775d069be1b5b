import { say, type Words } from '../../../../api/words.ts';
import { isAddressed, isForeign, type Link, linkOf, type NetworkState } from '../schema/state.ts';
import { partnerIn } from './partner.ts';

/** By hand, or with a lease that brings it. */
export const mayHoldDefaultRoute = (link: Link, key: 'ipv4' | 'ipv6'): boolean =>
  link[key].gateway !== undefined ||
  (key === 'ipv4' && link.ipv4.method === 'auto' && link.controller === undefined);

/**
 * As long as nothing is set the node is managed where its default route leads, or where its only address is. A change
 * after which that may be elsewhere, or nowhere, would move the management silently: it is set to where it is.
 */
export function pinned(current: NetworkState, wanted: NetworkState): NetworkState {
  if (current.managementSet === true || wanted.managementSet === true) return wanted;
  if (wanted.management === undefined || !mayMove(current, wanted)) return wanted;
  return { ...wanted, managementSet: true };
}

const mayMove = (current: NetworkState, wanted: NetworkState): boolean =>
  routesDiffer(current, wanted) || (!isPlain(wanted) && isPlain(current));

/** Nobody has to be asked where the node is managed: the route out by hand is there, or no other link has an address. */
function isPlain({ links, management = '' }: NetworkState): boolean {
  const at = linkOf({ links }, management);
  if ((at?.ipv4.gateway ?? at?.ipv6.gateway) !== undefined) return true;
  return !links.some((link) => link !== at && holdsAddress(link));
}

const holdsAddress = (link: Link): boolean =>
  isAddressed(link) || (isForeign(link) && link.addresses.length > 0);

function routesDiffer(current: NetworkState, wanted: NetworkState): boolean {
  const was = partnerIn(current.links, wanted.links);
  return (['ipv4', 'ipv6'] as const).some((key) =>
    wanted.links.some((link) => {
      if (link.name === wanted.management || !mayHoldDefaultRoute(link, key)) return false;
      const before = was(link);
      return before === undefined || !mayHoldDefaultRoute(before, key);
    }),
  );
}

export function pinWarning(current: NetworkState, wanted: NetworkState): Words[] {
  const { management, managementSet } = wanted;
  if (current.managementSet === true || managementSet !== true || management !== current.management)
    return [];
  if (!mayMove(current, wanted)) return [];
  const [en, zh] = routesDiffer(current, wanted)
    ? ['The default route may lead elsewhere.', '默认路由可能改变。']
    : [
        `${management} may no longer be the only link with an address.`,
        `${management} 可能不再是唯一有地址的接口。`,
      ];
  return [
    say(
      `${en} The node stays managed at ${management}: that is set with this change.`,
      `${zh}节点仍通过 ${management} 管理：此更改会将其设为管理接口。`,
    ),
  ];
}
