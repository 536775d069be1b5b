import { type Kysely, sql } from 'kysely';
import type { TablesOf } from '../../define/table.ts';
import type { Candidate, Share } from '../../placement/place.ts';
import type { cluster } from '../cluster/resource.ts';
import type { host } from '../host/resource.ts';
import type { l2NetworkClusterRef } from '../l2/resource.ts';
import type { localStorageShare } from '../local-storage/resource.ts';
import type { primaryStorage, primaryStorageClusterRef } from '../primary-storage/resource.ts';
import type { zone } from '../zone/resource.ts';
import type { vmInstance } from './resource.ts';

type All =
  | typeof host
  | typeof cluster
  | typeof zone
  | typeof l2NetworkClusterRef
  | typeof localStorageShare
  | typeof primaryStorage
  | typeof primaryStorageClusterRef
  | typeof vmInstance;

const tables = (database: Kysely<object>) => database.withTables<TablesOf<All>>();

/** All hosts with what decides whether a VM can be put there. */
export async function candidates(database: Kysely<object>): Promise<Candidate[]> {
  const [hosts, l2s, shares] = [await hostRows(database), await l2sOf(database), await sharesOf(database)];
  return hosts.map(({ clusterState, zoneState, vms, ...row }) => ({
    ...row,
    vms: Number(vms),
    isOpen: clusterState === 'Enabled' && zoneState === 'Enabled',
    l2Uuids: (l2s.get(row.clusterUuid) ?? []).map(({ l2NetworkUuid }) => l2NetworkUuid),
    shares: (shares.get(row.uuid) ?? []).filter(({ clusterUuid }) => clusterUuid === row.clusterUuid),
  }));
}

const hostRows = (database: Kysely<object>) =>
  tables(database)
    .selectFrom('host')
    .innerJoin('cluster', 'cluster.uuid', 'host.clusterUuid')
    .innerJoin('zone', 'zone.uuid', 'host.zoneUuid')
    .select([
      ...([
        'host.uuid',
        'host.zoneUuid',
        'host.clusterUuid',
        'host.hypervisorType',
        'host.state',
        'host.status',
      ] as const),
      'host.availableCpuCapacity as availableCpu',
      'host.availableMemoryCapacity as availableMemory',
      'cluster.state as clusterState',
      'zone.state as zoneState',
      (of) =>
        of
          .selectFrom('vm_instance')
          .select(sql<number>`count(*)`.as('count'))
          .whereRef('vm_instance.reservedHostUuid', '=', 'host.uuid')
          .as('vms'),
    ])
    .execute();

async function l2sOf(database: Kysely<object>) {
  const rows = await tables(database).selectFrom('l2_network_cluster_ref').selectAll().execute();
  return Map.groupBy(rows, ({ clusterUuid }) => clusterUuid);
}

async function sharesOf(database: Kysely<object>): Promise<Map<string, (Share & { clusterUuid: string })[]>> {
  const rows = await tables(database)
    .selectFrom('local_storage_share as share')
    .innerJoin('primary_storage as storage', 'storage.uuid', 'share.primaryStorageUuid')
    .innerJoin('primary_storage_cluster_ref as ref', 'ref.primaryStorageUuid', 'storage.uuid')
    .select([
      ...(['share.hostUuid', 'storage.uuid', 'storage.state', 'ref.clusterUuid'] as const),
      'share.availableCapacity as available',
      'share.totalPhysicalCapacity as totalPhysical',
      'share.availablePhysicalCapacity as availablePhysical',
    ])
    .execute();
  return Map.groupBy(rows, ({ hostUuid }) => hostUuid);
}
