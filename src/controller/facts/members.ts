import { type Connection, connect } from '../../api/client.ts';
import { known, unknown } from '../../api/reading.ts';
import { watchCounts } from '../../node/cluster/schema/members.ts';
import type { Board } from '../../node/facts/board.ts';
import type { ManagementFact } from '../../node/facts/schema.ts';
import type { Supplier } from '../../node/facts/supplier.ts';
import { KeepConnected } from '../../system/keep-connected.ts';

/** How many hosts and VMs there are, as this machine's management service tells it. */
export function membersSupplier(board: Board, socket: string, version: string): Supplier {
  const set = (counted: Pick<ManagementFact, 'hosts' | 'vms'>) =>
    board.set('management', { ...board.facts.management, ...counted });
  const kept = new KeepConnected<Connection>({
    socketPath: () => socket,
    connect: () => connect(socket, { program: 'controller', line: '-', version }),
    async onUp(connection) {
      // It ends with the connection.
      connection
        .call(watchCounts, {}, { onItem: ({ hosts, vms }) => set({ hosts: known(hosts), vms: known(vms) }) })
        .catch(() => connection.close());
    },
    onDown: (why) => set({ hosts: unknown(why), vms: unknown(why) }),
  });
  return { start: () => kept.nudge(), stop: () => kept.stop() };
}
