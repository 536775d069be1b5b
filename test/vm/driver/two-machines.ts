import type { Machine } from './machine.ts';
import { profile } from './profile.ts';
import type { Switch } from './switch.ts';

/** Addresses on the wire of a cluster. */
export const MANAGER = '192.0.2.2';
export const HOST = '192.0.2.3';

/** Both get ens16 for the cluster and ens17 for VMs, all on one wire; the host is node2. */
export async function onOneWire(wire: Switch, manager: Machine, host: Machine): Promise<void> {
  await host.run(['hostnamectl', 'set-hostname', 'node2']);
  for (const [machine, address] of [
    [manager, MANAGER],
    [host, HOST],
  ] as const) {
    for (const port of [wire.port(), wire.port()]) await machine.plug(port);
    await machine.put('/etc/zs-node/node.ini', 'management_nic = ens16\n');
    await profile(machine, `${address}/24`);
  }
}
