import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, connect } from '../../api/client.ts';
import { Fault } from '../../api/fault.ts';
import { known, unknown } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { watchCounts } from '../../node/cluster/schema/members.ts';
import type { Board } from '../../node/facts/board.ts';
import type { ManagementFact } from '../../node/facts/schema.ts';
import type { Supplier } from '../../node/facts/supplier.ts';
import { KeepConnected } from '../../system/keep-connected.ts';

const AGAIN_MILLISECONDS = 5_000;
const SILENT = say('the management service cannot be reached', '无法连接管理服务');

/** How many hosts and VMs there are, as this machine's management service tells it. */
export function membersSupplier(board: Board, socket: string, version: string): Supplier {
  const set = (counted: Pick<ManagementFact, 'hosts' | 'vms'>) =>
    board.set('management', { ...board.facts.management, ...counted });
  const kept = new KeepConnected<Connection>({
    socketPath: () => socket,
    connect: () => connect(socket, { program: 'controller', line: '-', version }),
    async onUp(connection) {
      connection
        .call(watchCounts, {}, { onItem: ({ hosts, vms }) => set({ hosts: known(hosts), vms: known(vms) }) })
        .catch(async (thrown) => {
          const why = Fault.from(thrown).words;
          set({ hosts: unknown(why), vms: unknown(why) });
          // The service is there and its store is not: it is asked again soon, not at once.
          if (!connection.ended) await sleep(AGAIN_MILLISECONDS, undefined, { ref: false });
          connection.close();
        });
    },
    onDown: () => set({ hosts: unknown(SILENT), vms: unknown(SILENT) }),
  });
  return { start: () => kept.nudge(), stop: () => kept.stop() };
}
