import { known, unknown } from '../../api/reading.ts';
import type { Role } from '../../api/role.ts';
import { say } from '../../api/words.ts';
import type { LinkFeed, LinkState } from '../../node/cluster/feed.ts';
import type { Board } from '../../node/facts/board.ts';
import type { ClusterLink } from '../../node/facts/schema.ts';
import type { Supplier } from '../../node/facts/supplier.ts';

/** How the link to the cluster is; what was heard over it last is read while somebody watches. */
export function clusterSupplier(board: Board, role: Role, feed: LinkFeed | undefined): Supplier {
  const read = () => {
    const state = feed?.state ?? ({ state: 'none' } as const);
    board.set('cluster', { joined: state.state !== 'none', link: linkOf(role, state) });
  };
  feed?.listen(read);
  return { start: read, polls: [{ every: 5, read }] };
}

function linkOf(role: Role, state: LinkState): ClusterLink['link'] {
  switch (state.state) {
    case 'up':
      return known({
        managementAddress: state.address,
        connectedSince: state.since,
        lastHeartbeat: state.heard,
        ...(state.ahead === undefined ? {} : { ahead: state.ahead }),
      });
    case 'down':
      return unknown(downWords(state));
    case 'none':
      return role === 'management'
        ? unknown(say('this is the management node', '本机就是管理节点'))
        : unknown(say('not joined to a cluster', '尚未加入集群'));
  }
}

function downWords({ address, since, why }: Extract<LinkState, { state: 'down' }>) {
  const at = new Date(since).toTimeString().slice(0, 5);
  return say(`no link to ${address} since ${at}: ${why.en}`, `自 ${at} 起与 ${address} 没有连接：${why.zh}`);
}
