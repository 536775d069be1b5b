import { readDefaultRouteLink, readLinks } from '../../system/iproute.ts';
import { readText } from '../../system/proc.ts';
import { managementLink } from './management-link.ts';
import type { ManagementSetting } from './management-setting.ts';

/**
 * The address under which others reach this node now: the one that is set while a link has it, else the management
 * link's, IPv4 first. Undefined when there is none; a setting that cannot be read is none.
 */
export async function reachableAddress(setting: ManagementSetting): Promise<string | undefined> {
  const [links, management] = await Promise.all([
    readLinks(),
    Promise.resolve()
      .then(setting)
      .catch(() => ({})),
  ]);
  const name = managementLink(links, { ...management, defaultRoute: readDefaultRouteLink(readText) });
  const held = links.find(({ ifname }) => ifname === name)?.addr_info ?? [];
  const usable = held.filter(({ scope }) => scope === 'global');
  const chosen =
    usable.find(({ local }) => 'managementAddress' in management && local === management.managementAddress) ??
    usable.find(({ family }) => family === 'inet') ??
    usable[0];
  return chosen?.local;
}
