import type { LinkRecord } from '../../system/iproute.ts';

/** What tells which link the node is managed at, the strongest first. */
export interface ManagementHints {
  /** As configured. */
  managementAddress?: string | undefined;
  managementNic?: string | undefined;
  /** Link of the default route. */
  defaultRoute?: string | undefined;
}

/**
 * The one rule for the management link: the configured address, else the configured NIC, else the default route's
 * link, else the only link that has an address at all. A configured address that nobody has and no NIC beside it is a
 * setting that is wrong: then no link is taken for it.
 */
export function managementLink(links: readonly LinkRecord[], hints: ManagementHints): string | undefined {
  const { managementAddress, managementNic, defaultRoute } = hints;
  const holder = links.find((link) => link.addr_info?.some(({ local }) => local === managementAddress));
  if (holder !== undefined) return holder.ifname;
  if (managementNic !== undefined || managementAddress !== undefined) return managementNic;
  return defaultRoute ?? onlyAddressed(links);
}

function onlyAddressed(links: readonly LinkRecord[]): string | undefined {
  const [only, ...others] = links.filter((link) => link.addr_info?.some(({ scope }) => scope === 'global'));
  return others.length === 0 ? only?.ifname : undefined;
}
