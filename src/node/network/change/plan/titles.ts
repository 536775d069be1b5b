import { say, type Words } from '../../../../api/words.ts';
import type { Edit } from './wanted.ts';

/** One line for a change: in the plan's heading, the history and the journal. */
export function titleOf(change: Edit): Words {
  switch (change.kind) {
    case 'setAddress':
      return say(`Change the address of ${change.link}`, `更改 ${change.link} 的地址`);
    case 'clearAddress':
      return say(`Take the address off ${change.link}`, `删除 ${change.link} 的地址`);
    case 'addAddress':
      return say(
        `Give ${change.link} the address ${change.address} too`,
        `为 ${change.link} 增加地址 ${change.address}`,
      );
    case 'removeAddress':
      return say(`Take ${change.address} off ${change.link}`, `删除 ${change.link} 的地址 ${change.address}`);
    case 'createBond':
      return say(`Create bond ${change.name}`, `创建链路聚合 ${change.name}`);
    case 'changeBond':
      return say(`Change bond ${change.name}`, `更改链路聚合 ${change.name}`);
    case 'deleteBond':
      return say(`Delete bond ${change.name}`, `删除链路聚合 ${change.name}`);
    case 'attach':
      return say(`Attach ${change.nic} to ${change.bond}`, `将 ${change.nic} 加入 ${change.bond}`);
    case 'detach':
      return say(`Detach ${change.nic} from ${change.bond}`, `将 ${change.nic} 移出 ${change.bond}`);
    case 'createVlan':
      return say(
        `Create VLAN ${change.id} on ${change.parent}`,
        `在 ${change.parent} 上创建 VLAN ${change.id}`,
      );
    case 'deleteVlan':
      return say(`Delete VLAN ${vlanText(change)}`, `删除 VLAN ${vlanText(change)}`);
    case 'createBridge':
      return say(`Create a bridge on ${change.link}`, `在 ${change.link} 上创建网桥`);
    case 'deleteBridge':
      return say(`Delete bridge ${change.name}`, `删除网桥 ${change.name}`);
    case 'rename':
      return say(`Rename ${change.from} to ${change.to}`, `将 ${change.from} 重命名为 ${change.to}`);
    case 'replaceNics': {
      const pairs = change.pairs.map(({ missing, nic }) => `${missing}: ${nic}`).join(', ');
      return pairs === ''
        ? say('Replace the missing NICs by the new ones', '用新网卡替代缺失的网卡')
        : say(`Replace missing NICs (${pairs})`, `替代缺失的网卡（${pairs}）`);
    }
    case 'setManagement':
      return say(`Manage this node at ${change.link}`, `将 ${change.link} 设为管理网络`);
  }
}

const vlanText = ({ name, parent, id }: Extract<Edit, { kind: 'deleteVlan' }>): string =>
  name ?? `${parent}.${id}`;
