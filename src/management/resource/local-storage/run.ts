import { Fault } from '../../../api/fault.ts';
import { parseInput } from '../../../api/registry.ts';
import { same, say } from '../../../api/words.ts';
import { connectStorage } from '../../../node/storage/local/schema.ts';
import { create } from '../../calls/change.ts';
import { type Doing, newUuid, serves } from '../../calls/doing.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { primaryStorage } from '../primary-storage/resource.ts';
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

export const localStorageCalls = [add, capacities];
