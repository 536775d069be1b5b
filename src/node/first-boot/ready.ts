import { bracketed } from '../../api/host.ts';
import { PORTS } from '../../api/ports.ts';
import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';

/** Where to go first, and as whom. Nothing is named that this version does not have. */
export function readyWords(role: Role, address: string | undefined): Words {
  if (role === 'expert') return EXPERT;
  if (address === undefined) return NO_ADDRESS;
  if (role !== 'management')
    return say(
      `Node ready: its address is ${address}; first account: root, on this console (F2) or over SSH`,
      `节点就绪：地址 ${address}；首个账户：root，本控制台（F2）或 SSH`,
    );
  const api = `http://${bracketed(address)}:${PORTS.api}`;
  return say(
    `Management node ready: API at ${api}; first account: admin, whose initial password, password, is taken on this node alone until it is changed`,
    `管理节点就绪：API ${api}；首个账户：admin，初始密码 password，修改前仅限本节点使用`,
  );
}

const NO_ADDRESS = say(
  'Node ready, and without an address: root gives it one on this console (F2)',
  '节点就绪，但没有地址：请以 root 在本控制台（F2）配置',
);

const EXPERT = say(
  'Expert node ready: first account: root; to make it another node: zstack-installer -E (management), zs-role compute, zs-role storage',
  '专家节点就绪：首个账户：root；更换角色：zstack-installer -E（管理节点）、zs-role compute、zs-role storage',
);
