import { latestOf } from '../../src/api/reading.ts';
import { say } from '../../src/api/words.ts';
import { span } from '../../src/tui/text.ts';
import type { NodeModel } from '../main/model.ts';
import type { Entry } from '../menu/entry.ts';
import { addressesValue, joined, latestChange, nicsValue } from '../menu/values.ts';
import { openLinks } from './links.ts';
import { CONFIGURE, MANAGEMENT, RENAME } from './list.ts';

const managementNic = (model: NodeModel) =>
  (model.facts.nics && latestOf(model.facts.nics))?.find((nic) => nic.management);

const SAFE = say(
  'A change that cuts the node off, or that nobody confirms, takes itself back.',
  '使节点断网或无人确认的更改会自动还原。',
);

/** The entries that change networks, with what is there now. */
export const networkEntries = {
  rename: {
    label: say('Rename NIC', '重命名网卡'),
    help: [
      say('Gives a NIC another name; everything that names it follows.', '修改网卡名称，相关配置随之更新。'),
      SAFE,
    ],
    value: nicsValue,
    open: (context) => openLinks(context, RENAME),
  },
  configure: {
    label: say('Configure Networks', '配置网络'),
    help: [say('Addresses, bonds, VLANs and bridges.', '地址、聚合、VLAN 与网桥。'), SAFE],
    value: joined(addressesValue, latestChange('network.')),
    open: (context) => openLinks(context, CONFIGURE),
  },
  management: {
    label: say('Set Management Network', '设置管理网络'),
    help: [
      say('Which NIC and address the cluster uses to reach this node.', '集群访问本节点所用的网卡与地址。'),
    ],
    value: (model) => {
      const nic = managementNic(model);
      return nic === undefined ? [] : [[span(`${nic.name}  ${nic.addresses.join(' ')}`)]];
    },
    open: (context) => openLinks(context, MANAGEMENT),
  },
} satisfies Record<string, Entry>;
