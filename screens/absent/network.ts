import { say } from '../../src/api/words.ts';
import { absentEntry } from './absent.ts';

export const networkResetEntry = absentEntry(
  say('Emergency Network Reset', '紧急网络重置'),
  [say('Brings a node with a wrecked network back to one NIC.', '将网络损坏的节点恢复为单网卡。')],
  say(
    'Until then: nmcli in the reserved shell (Ctrl+Alt+F2). A wrong change there can cut this node off.',
    '在此之前请在命令行 (Ctrl+Alt+F2) 使用 nmcli。错误的修改可能使本节点断网。',
  ),
);
