import type { Kysely } from 'kysely';
import { removeDhcp } from '../../../node/dhcp/schema.ts';
import { removeL2 } from '../../../node/l2/schema.ts';
import type { TablesOf } from '../../define/table.ts';
import { errand, type LeaveErrand } from '../../jobs/order.ts';
import type { host } from '../host/resource.ts';
import type { l2NetworkClusterRef } from '../l2/resource.ts';
import type { l3Network } from '../l3/resource.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof host | typeof l3Network | typeof l2NetworkClusterRef>>();

/**
 * Has the hosts of a cluster take a network's DHCP servers and its bridge away: those that are lost do so when they are
 * back. All as one thing, so that the bridge goes last, and nobody makes it anew in between.
 */
export async function clearL2(
  database: Kysely<object>,
  leave: LeaveErrand,
  { l2NetworkUuid: l2, clusterUuid }: { readonly l2NetworkUuid: string; readonly clusterUuid: string },
): Promise<void> {
  const hosts = tables(database).selectFrom('host').select('uuid').where('clusterUuid', '=', clusterUuid);
  const l3s = tables(database).selectFrom('l3_network').select('uuid').where('l2NetworkUuid', '=', l2);
  const networks = await l3s.execute();
  for (const { uuid } of await hosts.execute()) {
    for (const { uuid: l3 } of networks) await leave(database, errand(uuid, removeDhcp, { l3 }, l2));
    await leave(database, errand(uuid, removeL2, { l2 }, l2));
  }
}

/** The same in all clusters that it is attached to. */
export async function clearL2Everywhere(
  database: Kysely<object>,
  leave: LeaveErrand,
  l2NetworkUuid: string,
): Promise<void> {
  const refs = tables(database).selectFrom('l2_network_cluster_ref').select('clusterUuid');
  for (const { clusterUuid } of await refs.where('l2NetworkUuid', '=', l2NetworkUuid).execute())
    await clearL2(database, leave, { l2NetworkUuid, clusterUuid });
}
