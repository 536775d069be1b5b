import { latestOf } from '../../src/api/reading.ts';
import { say } from '../../src/api/words.ts';
import { span } from '../../src/tui/text.ts';
import type { NodeModel } from '../main/model.ts';
import type { Entry } from '../menu/entry.ts';
import { absentEntry } from './absent.ts';

const MEANWHILE = say(
  'Until then: nmcli in the reserved shell (Ctrl+Alt+F2). A wrong change there can cut this node off.',
  '在此之前请在命令行 (Ctrl+Alt+F2) 使用 nmcli。错误的修改可能使本节点断网。',
);

const managementNic = (model: NodeModel) =>
  (model.facts.nics && latestOf(model.facts.nics))?.find((nic) => nic.management);

/** The entries that change networks, with what is there now. */
export const networkEntries = {
  rename: absentEntry(
    say('Rename NIC', '重命名网卡'),
    [say('Gives a NIC another name; everything that names it follows.', '修改网卡名称，相关配置随之更新。')],
    MEANWHILE,
  ),
  configure: absentEntry(
    say('Configure Networks', '配置网络'),
    [
      say(
        'Addresses, bonds, VLANs and bridges. A change that cuts the node off takes itself back.',
        '地址、Bond、VLAN 与网桥。使节点断网的修改会自动撤回。',
      ),
    ],
    MEANWHILE,
  ),
  management: {
    ...absentEntry(
      say('Set Management Network', '设置管理网络'),
      [say('Which NIC and address the cluster uses to reach this node.', '集群访问本节点所用的网卡与地址。')],
      MEANWHILE,
    ),
    value: (model) => {
      const nic = managementNic(model);
      return nic === undefined ? [] : [[span(`${nic.name}  ${nic.addresses.join(' ')}`)]];
    },
  },
  reset: absentEntry(
    say('Emergency Network Reset', '紧急网络重置'),
    [say('Brings a node with a wrecked network back to one NIC.', '将网络损坏的节点恢复为单网卡。')],
    MEANWHILE,
  ),
} satisfies Record<string, Entry>;
