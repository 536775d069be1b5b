import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import type { HostLinks } from './run.ts';

/** The host that is a management node: what only such nodes can do is asked of it. Throws `unavailable`. */
export function managerOf(links: HostLinks): string {
  const [host] = links.managers();
  if (host !== undefined) return host;
  throw new Fault(
    'unavailable',
    say('no management node has a link to this service', '没有管理节点连接到本服务'),
    {
      next: say('the node’s console shows why: F2, Join Cluster', '原因见节点控制台：F2，加入集群'),
    },
  );
}
