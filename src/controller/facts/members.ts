import { type Connection, connect } from '../../api/client.ts';
import { known, unknown } from '../../api/reading.ts';
import { watchCounts } from '../../node/cluster/schema/members.ts';
import type { Board } from '../../node/facts/board.ts';
import type { Supplier } from '../../node/facts/supplier.ts';
import { KeepConnected } from '../../system/keep-connected.ts';

/** How many hosts there are, as this machine's management service tells it. */
export function membersSupplier(board: Board, socket: string, version: string): Supplier {
  const set = (hosts: Board['facts']['management']['hosts']) =>
    board.set('management', { ...board.facts.management, hosts });
  const kept = new KeepConnected<Connection>({
    socketPath: () => socket,
    connect: () => connect(socket, { program: 'controller', line: '-', version }),
    async onUp(connection) {
      // It ends with the connection.
      connection
        .call(watchCounts, {}, { onItem: ({ hosts }) => set(known(hosts)) })
        .catch(() => connection.close());
    },
    onDown: (why) => set(unknown(why)),
  });
  return { start: () => kept.nudge(), stop: () => kept.stop() };
}
