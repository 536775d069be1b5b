import { say, type Words } from '../../../../api/words.ts';
import type { Link, NetworkState } from '../schema/state.ts';
import { partnerIn } from './partner.ts';

/** By hand, or with a lease that brings it. */
export const mayHoldDefaultRoute = (link: Link, key: 'ipv4' | 'ipv6'): boolean =>
  link[key].gateway !== undefined ||
  (key === 'ipv4' && link.ipv4.method === 'auto' && link.controller === undefined);

/**
 * As long as nothing is set the node is managed where its default route leads. A change after which that may lead
 * elsewhere would move the management silently: it is set to where it is.
 */
export function pinned(current: NetworkState, wanted: NetworkState): NetworkState {
  if (current.managementSet === true || wanted.managementSet === true) return wanted;
  if (wanted.management === undefined || !routesDiffer(current, wanted)) return wanted;
  return { ...wanted, managementSet: true };
}

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
  if (!routesDiffer(current, wanted)) return [];
  return [
    say(
      `The default route may lead elsewhere. The node stays managed at ${management}: that is set with this change.`,
      `默认路由可能改变。节点仍通过 ${management} 管理：此更改会将其设为管理接口。`,
    ),
  ];
}
