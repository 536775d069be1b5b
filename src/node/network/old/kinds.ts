import { say } from '../../../api/words.ts';
import { isYes } from '../ifcfg.ts';
import type { Keys } from './keys.ts';
import { valueWords } from './problem.ts';

export type OldKind = 'ethernet' | 'infiniband' | 'bond' | 'bridge' | 'vlan';

const TYPES: Record<string, OldKind> = {
  ethernet: 'ethernet',
  eth: 'ethernet',
  infiniband: 'infiniband',
  bond: 'bond',
  bonding: 'bond',
  bridge: 'bridge',
  vlan: 'vlan',
};

/** Names that the scripts, or the programs that make such links, give to what is no Ethernet NIC. */
const OTHERS =
  /^(lo$|(ppp|ippp|isdn|sit|tun|tap|tunl|gre|ipip|ip6tnl|vti|ipsec|vxlan|wg|ath|ra|dummy|ifb|nlmon|hsi|ctc|slip|plip|bnep|can|veth|vnet|macvlan|macvtap)\d|ib[ps\d]|team|wl[anopsx]|ww[anpx]|ovs|br-|docker|virbr)/;
const VIRTUAL = /^(bond|br[_\d]|vlan\d)/;

/** Who names this link as controller. */
export interface Named {
  byMaster: boolean;
  byBridge: boolean;
}

/**
 * What the link is, by everything that says so; undefined, with a problem, when two of them differ or it is none of
 * ours. A file that says nothing is a NIC's, unless its name is one that other programs give.
 */
export function kindOf(keys: Keys, device: string | undefined, named: Named): OldKind | undefined {
  const { settings } = keys;
  const said = [
    ...typesSaid(keys),
    ...(isYes(settings.BONDING_MASTER) || settings.BONDING_OPTS || named.byMaster ? ['bond' as const] : []),
    ...(named.byBridge ? ['bridge' as const] : []),
    ...(keys.yes('VLAN') === true ? ['vlan' as const] : []),
  ];
  const kinds = new Set<OldKind | undefined>(said);
  // A tagged link is often said to be Ethernet, and a bond's file may be as well.
  if (kinds.size > 1) kinds.delete('ethernet');
  const [kind] = kinds;
  if (kinds.has(undefined)) return undefined;
  if (kinds.size > 1)
    return keys.refuse(
      'TYPE',
      say(`says several kinds: ${[...kinds].join(', ')}`, `类型不一致：${[...kinds].join('、')}`),
    );
  if (kind === 'ethernet' && isVlanName(device))
    return keys.refuse(
      'VLAN',
      say('is not set, and the name is that of a tagged link', '未设置，但名称是 VLAN 的名称'),
    );
  return kind ?? unsaid(keys, device);
}

function typesSaid(keys: Keys): (OldKind | undefined)[] {
  return ['TYPE', 'DEVICETYPE'].flatMap((key) => {
    const text = keys.text(key);
    if (text === undefined) return [];
    const kind = TYPES[text.toLowerCase()];
    return [kind ?? keys.refuse(key, valueWords(text))];
  });
}

function unsaid(keys: Keys, device: string | undefined): OldKind | undefined {
  if (device === undefined) return 'ethernet';
  if (isVlanName(device)) return 'vlan';
  if (OTHERS.test(device) || VIRTUAL.test(device))
    return keys.refuse(
      'DEVICE',
      say(
        `${device} is no Ethernet NIC by its name, and TYPE is not set`,
        `${device} 从名称看不是以太网卡，且未设置 TYPE`,
      ),
    );
  return 'ethernet';
}

const isVlanName = (device: string | undefined): boolean => /^.+\.\d{1,4}$/.test(device ?? '');

/** Whether a link without a file may be there all the same: a NIC is, a bond is not. */
export const isNicName = (name: string): boolean => !OTHERS.test(name) && !VIRTUAL.test(name);
