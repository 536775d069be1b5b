import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { uuid } from '../../api/uuid.ts';
import { say } from '../../api/words.ts';
import { linkName } from '../network/change/schema/fields.ts';

/** The bridge of an L2 network on this node. */
export interface L2Bridge {
  /** `br_eth0`. */
  bridge: string;
}

/**
 * Has the bridge of a network without VLAN: `br_eth0` with `eth0` in it, a connection that NetworkManager holds in
 * memory and that the node remakes from its own record, after a reboot too. A NIC that has addresses gives them to its
 * bridge by a change of the network, which is taken back when the node is not reachable after it. Faults: `notFound`
 * field `nic`, `conflict` field `nic` (it is a port of something else, or not to be managed here), `unavailable`
 * (NetworkManager does not run).
 */
export const ensureL2 = defineAction<L2Bridge>()({
  name: 'l2.ensure',
  input: z.object({ l2: uuid, nic: linkName }),
  access: ['cluster'],
  lane: 'guests',
  about: ({ l2 }) => `l2 ${l2}`,
  told: ({ nic }) => say(`Make the bridge of ${nic}`, `创建 ${nic} 的网桥`),
});

/**
 * Takes the bridge of a network away, and the node forgets it; one that is not known is gone already. A bridge that holds
 * the node's own addresses stays. Fault `conflict` field `l2` while a VM or a DHCP server here uses it.
 */
export const removeL2 = defineAction<void>()({
  name: 'l2.remove',
  input: z.object({ l2: uuid }),
  access: ['cluster'],
  lane: 'guests',
  about: ({ l2 }) => `l2 ${l2}`,
  told: () => say('Remove the bridge of a network', '删除网络的网桥'),
});
