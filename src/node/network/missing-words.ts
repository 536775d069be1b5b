import { say, type Words } from '../../api/words.ts';
import type { MissingNic } from '../facts/schema.ts';

/** `NIC em01 (52:54:00:00:00:01) is not there: 192.0.2.4/24, the management network, VLAN em01.20`. */
export function missingWords({ name, mac, addresses, controller, vlans, management }: MissingNic): Words {
  const uses = [
    ...(management ? [say('the management network', '管理网络')] : []),
    ...addresses.map((address) => say(address, address)),
    ...(controller === undefined ? [] : [say(`a port of ${controller}`, `${controller} 的端口`)]),
    ...vlans.map((vlan) => say(`VLAN ${vlan}`, `VLAN ${vlan}`)),
  ];
  const hardware = mac === undefined || mac === name ? '' : ` (${mac})`;
  const needed = uses.length === 0 ? say('', '') : say(`: ${texts(uses, 'en')}`, `：${texts(uses, 'zh')}`);
  return say(`NIC ${name}${hardware} is not there${needed.en}`, `网卡 ${name}${hardware} 不存在${needed.zh}`);
}

const texts = (words: readonly Words[], language: keyof Words): string =>
  words.map((each) => each[language]).join(language === 'en' ? ', ' : '、');

/** Whether anything of the node's own network is lost with it. */
export const isNeeded = ({ addresses, controller, vlans, management }: MissingNic): boolean =>
  management || addresses.length > 0 || controller !== undefined || vlans.length > 0;

export const WAY_OUT = say('F2, Rename NIC or Emergency Network Reset', 'F2，重命名网卡或紧急网络重置');
