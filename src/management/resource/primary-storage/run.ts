import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { existing, update } from '../../calls/change.ts';
import { type Doing, serves } from '../../calls/doing.ts';
import { inventory } from '../../calls/inventory.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { cluster } from '../cluster/resource.ts';
import {
  getPrimaryStorageCapacity,
  getPrimaryStorageTypes,
  primaryStorage,
  type primaryStorageClusterRef,
  updatePrimaryStorage,
} from './resource.ts';

const tables = ({ database }: Doing) =>
  database.withTables<TablesOf<typeof primaryStorage | typeof primaryStorageClusterRef>>();

/** Writes down that a cluster has a storage. */
export async function writeAttachment(on: Doing, where: Attachment): Promise<void> {
  const row = await existing(on, primaryStorage, where.primaryStorageUuid);
  if ((await existing(on, cluster, where.clusterUuid)).zoneUuid !== row.zoneUuid)
    throw badField('clusterUuid', say('is a cluster of another zone', '属于另一个区域'));
  if ((await attached(on, where)).length > 0)
    throw new Fault('conflict', say('it is attached to that cluster already', '已经加载到该集群'));
  const ref = { ...where, createDate: on.now, lastOpDate: on.now };
  await tables(on).insertInto('primary_storage_cluster_ref').values(ref).execute();
}

export interface Attachment {
  readonly clusterUuid: string;
  readonly primaryStorageUuid: string;
}

const attached = (on: Doing, { clusterUuid, primaryStorageUuid }: Attachment) =>
  tables(on)
    .selectFrom('primary_storage_cluster_ref')
    .select('clusterUuid')
    .where('clusterUuid', '=', clusterUuid)
    .where('primaryStorageUuid', '=', primaryStorageUuid)
    .execute();

/** Takes a storage off a cluster; who calls it has looked whether anybody needs it. */
export async function detachStorage(on: Doing, { clusterUuid, primaryStorageUuid }: Attachment) {
  const row = await existing(on, primaryStorage, primaryStorageUuid);
  const gone = await tables(on)
    .deleteFrom('primary_storage_cluster_ref')
    .where('clusterUuid', '=', clusterUuid)
    .where('primaryStorageUuid', '=', primaryStorageUuid)
    .executeTakeFirst();
  if (gone.numDeletedRows === 0n)
    throw new Fault('conflict', say('it is not attached to that cluster', '没有加载到该集群'));
  return { inventory: await inventory(on, primaryStorage, row) };
}

const change = serves(updatePrimaryStorage, (on, { url, ...params }) => {
  if (url !== undefined) throw badField('url', say('stays: volumes lie there', '不能更改：云盘位于该路径'));
  return update(primaryStorage)(on, params);
});

const SUMS = [
  'totalCapacity',
  'availableCapacity',
  'totalPhysicalCapacity',
  'availablePhysicalCapacity',
] as const;

const capacity = serves(getPrimaryStorageCapacity, async (on, params) => {
  const { zoneUuids, clusterUuids, primaryStorageUuids, all } = params;
  let query = tables(on)
    .selectFrom('primary_storage as storage')
    .select((each) => SUMS.map((name) => each.fn.sum(`storage.${name}`).as(name)));
  if (!all) {
    if (primaryStorageUuids?.length) query = query.where('storage.uuid', 'in', primaryStorageUuids);
    else if (zoneUuids?.length) query = query.where('storage.zoneUuid', 'in', zoneUuids);
    else if (clusterUuids?.length)
      query = query.where('storage.uuid', 'in', (of) =>
        of
          .selectFrom('primary_storage_cluster_ref as ref')
          .select('ref.primaryStorageUuid')
          .where('ref.clusterUuid', 'in', clusterUuids),
      );
    else throw badField('all', say('is true, or some uuids are given', '为 true，或给出 uuid'));
  }
  const sums = await query.executeTakeFirst();
  return Object.fromEntries(SUMS.map((name) => [name, Number(sums?.[name] ?? 0)]));
});

const types = serves(getPrimaryStorageTypes, async () => ({ primaryStorageTypes: ['LocalStorage'] }));

export const primaryStorageCalls = [change, capacity, types];
