import { Fault, type FaultKind } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { dhcpServerOn } from '../../system/dhcp-probe.ts';
import { knownNeighbours, type LinkRecord, readLinks } from '../../system/iproute.ts';
import { freeRange, netmaskOf, type Range, rangeProblem } from './plan/range.ts';
import type { PxeSettings } from './schema/pxe.ts';

interface Wanted {
  nic: string;
  first?: string | undefined;
  last?: string | undefined;
  netmask?: string | undefined;
}

/** What a PXE service on that NIC would be like; nothing is asked of the network yet. Faults: see `startPxe`. */
export async function settingsFor({
  nic,
  first,
  last,
  netmask,
}: Wanted): Promise<{ settings: PxeSettings; link: LinkRecord }> {
  const links = await readLinks();
  const link = links.find(({ ifname }) => ifname === nic);
  if (link === undefined) throw wrong('notFound', 'nic', say(`there is no NIC ${nic}`, `没有网卡 ${nic}`));
  const { local: address, prefixlen: prefix } = addressOf(link);
  const own = netmaskOf(prefix);
  if (netmask !== undefined && netmask !== own)
    throw wrong('usage', 'netmask', say(`is not ${own}, as ${nic} has it`, `与 ${nic} 的 ${own} 不一致`));
  const range =
    first !== undefined && last !== undefined
      ? { first, last }
      : freeRange(address, prefix, await usedOn(nic, links));
  if (range === undefined)
    throw wrong(
      'conflict',
      'nic',
      say(`no address is free in the network of ${nic}`, `${nic} 所在网络没有空闲地址`),
    );
  checkRange(address, prefix, range);
  return { settings: { nic, address, prefix, netmask: own, ...range }, link };
}

const usedOn = async (nic: string, links: readonly LinkRecord[]): Promise<string[]> => [
  ...(await knownNeighbours(nic)),
  ...links.flatMap(({ addr_info = [] }) => addr_info.filter(isIpv4).map(({ local }) => local)),
];

const isIpv4 = ({ family }: { family: string }): boolean => family === 'inet';

function addressOf(link: LinkRecord) {
  const { ifname, master, flags, addr_info = [] } = link;
  if (master !== undefined)
    throw wrong(
      'conflict',
      'nic',
      say(`${ifname} is a port of ${master}: choose that one`, `${ifname} 是 ${master} 的成员：请选择后者`),
    );
  const address = addr_info.find((one) => isIpv4(one) && one.scope === 'global');
  if (address === undefined)
    throw wrong('conflict', 'nic', say(`${ifname} has no IPv4 address`, `${ifname} 没有 IPv4 地址`));
  if (!flags.includes('LOWER_UP'))
    throw wrong('conflict', 'nic', say(`${ifname} has no carrier`, `${ifname} 无载波`));
  return address;
}

function checkRange(address: string, prefix: number, range: Range): void {
  const found = rangeProblem(address, prefix, range);
  if (found === undefined) return;
  const words = {
    outside: say(`is not in the network of ${address}/${prefix}`, `不在 ${address}/${prefix} 的网络中`),
    behind: say('comes before the first one', '小于首地址'),
    own: say(
      `and the last one have this node's own ${address} between them`,
      `与末地址之间包含本节点的 ${address}`,
    ),
  }[found.problem];
  throw wrong('usage', found.field, words);
}

/** Refuses while another DHCP server answers there. */
export async function checkAlone(link: LinkRecord, signal: AbortSignal): Promise<void> {
  const server = await dhcpServerOn({ index: link.ifindex, mac: link.address ?? '' }, signal);
  if (server === undefined) return;
  const { address, mac } = server;
  throw new Fault(
    'conflict',
    say(
      `another DHCP server answers on ${link.ifname}: ${address} (${mac})`,
      `${link.ifname} 上已有另一个 DHCP 服务器：${address}（${mac}）`,
    ),
    {
      field: 'nic',
      next: say('turn that one off, or choose another NIC', '请关闭该服务器，或选择其他网卡'),
    },
  );
}

const wrong = (kind: FaultKind, field: string, words: Words): Fault => new Fault(kind, words, { field });
