import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { parseInput } from '../../../api/registry.ts';
import { same, say } from '../../../api/words.ts';
import { connectStorage } from '../../../node/storage/local/schema.ts';
import { create } from '../../calls/change.ts';
import { carries, type Doing, newUuid, serves } from '../../calls/doing.ts';
import { inventory } from '../../calls/inventory.ts';
import { badField, notThere } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { flow, type Step } from '../../jobs/flow.ts';
import {
  attachPrimaryStorage,
  primaryStorage,
  primaryStorageClusterRef,
  reconnectPrimaryStorage,
  syncPrimaryStorageCapacity,
} from '../primary-storage/resource.ts';
import { type Attachment, writeAttachment } from '../primary-storage/run.ts';
import { hostsOf, type Looking, lookAtStorages } from './connect.ts';
import {
  addLocalPrimaryStorage,
  getLocalStorageHostDiskCapacity,
  LOCAL,
  type localStorageShare,
} from './resource.ts';

const tables = ({ database }: Doing) => database.withTables<TablesOf<typeof localStorageShare>>();

/** Hosts refuse the same folders. */
function checkFolder(url: string): void {
  try {
    parseInput(connectStorage, { storage: newUuid(), path: url });
  } catch (thrown) {
    const { words } = Fault.from(thrown);
    throw badField('url', same(words.en.replace(/^path: /, '')));
  }
}

const add = serves(addLocalPrimaryStorage, async (on, params) => {
  if (params.type !== undefined && params.type !== LOCAL)
    throw badField('type', say(`${params.type} is not ${LOCAL}`, `${params.type} 不是 ${LOCAL}`));
  checkFolder(params.url);
  // Each host has its own, and a lost one takes nothing from the others.
  const told = { type: LOCAL, status: 'Connected', mountPath: params.url };
  return create(primaryStorage)(on, { ...params, ...told });
});

const capacities = serves(getLocalStorageHostDiskCapacity, async (on, { primaryStorageUuid, hostUuid }) => {
  let query = tables(on)
    .selectFrom('local_storage_share')
    .select([
      'hostUuid',
      'totalCapacity',
      'availableCapacity',
      'totalPhysicalCapacity',
      'availablePhysicalCapacity',
    ])
    .where('primaryStorageUuid', '=', primaryStorageUuid);
  if (hostUuid !== undefined) query = query.where('hostUuid', '=', hostUuid);
  return { inventories: await query.orderBy('hostUuid').execute() };
});

const tellStorage = async (database: Kysely<object>, uuid: string) => {
  const rows = database
    .withTables<TablesOf<typeof primaryStorage>>()
    .selectFrom('primary_storage')
    .selectAll();
  const row = await rows.where('uuid', '=', uuid).executeTakeFirst();
  if (row === undefined) throw notThere(primaryStorage.vo, uuid);
  const reads = { database, catalogue: { resources: [primaryStorageClusterRef] } };
  return { inventory: await inventory(reads, primaryStorage, row) };
};

interface Attaching extends Attachment, Looking {}

/** Hosts that do not answer are asked when they are needed; one that says no is a reason not to attach it. */
const attaching = flow<Attaching>({
  name: 'AttachPrimaryStorageToCluster',
  steps: [
    {
      name: 'write it down',
      forget: async (database, { clusterUuid, primaryStorageUuid }) => {
        await database
          .withTables<TablesOf<typeof primaryStorageClusterRef>>()
          .deleteFrom('primary_storage_cluster_ref')
          .where('clusterUuid', '=', clusterUuid)
          .where('primaryStorageUuid', '=', primaryStorageUuid)
          .execute();
      },
    },
    lookAtStorages() as Step<Attaching>,
  ],
  answer: ({ primaryStorageUuid }, database) => tellStorage(database, primaryStorageUuid),
});

interface Measuring extends Looking {
  readonly storage: string;
}

const measuring = (name: string) =>
  flow<Measuring>({
    name,
    steps: [lookAtStorages() as Step<Measuring>],
    answer: ({ storage }, database) => tellStorage(database, storage),
  });

const measured = async ({ database }: Doing, storage: string): Promise<Measuring> => ({
  storage,
  unseen: await hostsOf(database, storage),
});

export const localStorageCalls = [
  add,
  capacities,
  carries(attachPrimaryStorage, attaching, async (on, where): Promise<Attaching> => {
    await writeAttachment(on, where);
    const { primaryStorageUuid, clusterUuid } = where;
    return { primaryStorageUuid, clusterUuid, unseen: await hostsOf(on.database, primaryStorageUuid) };
  }),
  carries(reconnectPrimaryStorage, measuring('ReconnectPrimaryStorage'), (on, { uuid }) =>
    measured(on, uuid),
  ),
  carries(syncPrimaryStorageCapacity, measuring('SyncPrimaryStorageCapacity'), (on, { primaryStorageUuid }) =>
    measured(on, primaryStorageUuid),
  ),
];
