import { say, type Words } from '../../../../api/words.ts';
import { optionsText } from '../schema/bond.ts';
import { isAddressed, type Link, type LinkSettings, OFF } from '../schema/state.ts';
import { allAddresses, settingsOf } from './difference.ts';
import { beside } from './inventory.ts';
import { getsOwn } from './starters.ts';
import type {
  BeginStep,
  DownStep,
  FreeStep,
  ReapplyStep,
  RemoveStep,
  RenameStep,
  SettleStep,
  UpStep,
  WriteStep,
} from './steps.ts';

/** Each step with its words. */
export const begin = (id: number): BeginStep => ({
  type: 'network.begin',
  id,
  words: say(
    'Remember the state of now, and set the checkpoint that takes the change back by itself',
    '记录当前状态并设置检查点，到时自动还原',
  ),
});

export const free = (link: string, address: string): FreeStep => ({
  type: 'network.free',
  link,
  address,
  words: say(`Ask on ${link} whether ${address} is free`, `在 ${link} 上探测 ${address} 是否空闲`),
});

export function write(link: Link): WriteStep {
  const text = settingsText(link);
  const uuid = link.uuid === undefined ? {} : { [getsOwn(link) ? 'base' : 'uuid']: link.uuid };
  const own = ownWords(link);
  return {
    type: 'network.write',
    link: settingsOf(link),
    ...uuid,
    words: say(`Set ${link.name}${own.en}: ${text.en}`, `设置 ${link.name}${own.zh}：${text.zh}`),
  };
}

function ownWords(link: Link): Words {
  if (link.shared !== undefined)
    return say(
      ` in a profile of its own ("${link.shared}" stays for the others)`,
      `（使用单独的配置，“${link.shared}”留给其他网卡）`,
    );
  return getsOwn(link) ? say(' in a profile that lasts', '（使用可长期保留的配置）') : say('', '');
}

/** The same link before it gets its addresses. */
export const stripped = (link: Link): Link => ({ ...link, ipv4: OFF, ipv6: OFF });

export const up = (link: string): UpStep => ({
  type: 'network.up',
  link,
  words: say(`Bring ${link} up`, `启用 ${link}`),
});

export const reapply = (link: string): ReapplyStep => ({
  type: 'network.reapply',
  link,
  words: say(`Put the new settings of ${link} in force`, `使 ${link} 的新设置生效`),
});

export const down = (link: string): DownStep => ({
  type: 'network.down',
  link,
  words: say(`Take ${link} down`, `停用 ${link}`),
});

export const remove = (link: Link): RemoveStep => ({
  type: 'network.remove',
  link: link.name,
  ...(link.uuid === undefined ? {} : { uuid: link.uuid }),
  words: say(`Remove ${link.name}`, `删除 ${link.name}`),
});

export const renamed = (from: string, to: string, altnames: readonly string[] = []): RenameStep => ({
  type: 'network.rename',
  from,
  to,
  words: altnames.includes(to)
    ? say(
        `Rename ${from} to ${to}, which is its alternative name now`,
        `将 ${from} 重命名为 ${to}（目前是它的别名）`,
      )
    : say(`Rename ${from} to ${to}`, `将 ${from} 重命名为 ${to}`),
});

export const settle = (link: Link): SettleStep => ({
  type: 'network.settle',
  link: link.name,
  lacp: link.bond?.mode === '802.3ad',
  words:
    link.bond?.mode === '802.3ad'
      ? say(`Wait until the switch speaks LACP with ${link.name}`, `等待交换机与 ${link.name} 完成 LACP 协商`)
      : say(`Wait until ${link.name} has carrier`, `等待 ${link.name} 有载波`),
});

/** `802.3ad (miimon=100 mode=4), 192.0.2.4/24 via 192.0.2.1`. */
export function settingsText(link: LinkSettings): Words {
  const parts = [...kindText(link), ...addressText(link)];
  return {
    en: parts.map((words) => words.en).join(', '),
    zh: parts.map((words) => words.zh).join('，'),
  };
}

function kindText(link: LinkSettings): Words[] {
  const parts: Words[] = [];
  if (link.bond !== undefined)
    parts.push(say(`bond ${optionsText(link.bond)}`, `聚合 ${optionsText(link.bond)}`));
  if (link.vlan !== undefined)
    parts.push(
      say(`VLAN ${link.vlan.id} on ${link.vlan.parent}`, `${link.vlan.parent} 上的 VLAN ${link.vlan.id}`),
    );
  if (link.bridge !== undefined) parts.push(say('bridge', '网桥'));
  if (link.controller !== undefined)
    parts.push(say(`port of ${link.controller}`, `${link.controller} 的端口`));
  if (link.mtu !== undefined) parts.push(say(`MTU ${link.mtu}`, `MTU ${link.mtu}`));
  return parts;
}

function addressText(link: LinkSettings): Words[] {
  if (link.controller !== undefined) return [];
  if (!isAddressed(link)) return [say('no address', '无地址')];
  const parts: Words[] = [];
  for (const [family, settings] of [
    ['IPv4', link.ipv4],
    ['IPv6', link.ipv6],
  ] as const)
    if (settings.method === 'auto' || settings.method === 'dhcp')
      parts.push(say(`${family} automatic`, `${family} 自动获取`));
  for (const address of allAddresses(link)) parts.push(say(address, address));
  for (const { gateway } of [link.ipv4, link.ipv6])
    if (gateway !== undefined) parts.push(say(`gateway ${gateway}`, `网关 ${gateway}`));
  const dns = [...link.ipv4.dns, ...link.ipv6.dns];
  if (dns.length > 0) parts.push(say(`DNS ${dns.join(' ')}`, `DNS ${dns.join(' ')}`));
  return [...parts, ...beside(link)];
}
