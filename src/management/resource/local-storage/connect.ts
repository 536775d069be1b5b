import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { connectStorage } from '../../../node/storage/local/schema.ts';
import type { TablesOf } from '../../define/table.ts';
import type { Step, StepDoing } from '../../jobs/flow.ts';
import type { host } from '../host/resource.ts';
import type { primaryStorage, primaryStorageClusterRef } from '../primary-storage/resource.ts';
import type { localStorageShare } from './resource.ts';
import { type HostRoom, setShare, type Where } from './share.ts';

type All = typeof host | typeof localStorageShare | typeof primaryStorage | typeof primaryStorageClusterRef;

const tables = (database: Kysely<object>) => database.withTables<TablesOf<All>>();

/** A host that is to be asked what room a storage has there. */
export interface Unseen extends Where {
  readonly path: string;
}

export interface Seen extends Where {
  readonly room: HostRoom;
}

/** What a job knows that asks hosts. */
export interface Looking {
  readonly unseen: readonly Unseen[];
  readonly seen?: readonly Seen[];
}

/** Connected hosts with the storages that their clusters have. */
const connected = (database: Kysely<object>) =>
  tables(database)
    .selectFrom('host')
    .innerJoin('primary_storage_cluster_ref as ref', 'ref.clusterUuid', 'host.clusterUuid')
    .innerJoin('primary_storage as storage', 'storage.uuid', 'ref.primaryStorageUuid')
    .select(['host.uuid as hostUuid', 'storage.uuid as storageUuid', 'storage.url as path'])
    .where('host.status', '=', 'Connected');

export const hostsOf = (database: Kysely<object>, storageUuid: string): Promise<Unseen[]> =>
  connected(database).where('storage.uuid', '=', storageUuid).execute();

/** Hosts of a zone that came after a storage was attached to their cluster. */
export const unseenIn = (database: Kysely<object>, zoneUuid: string): Promise<Unseen[]> =>
  connected(database)
    .leftJoin('local_storage_share as share', (join) =>
      join.onRef('share.hostUuid', '=', 'host.uuid').onRef('share.primaryStorageUuid', '=', 'storage.uuid'),
    )
    .where('host.zoneUuid', '=', zoneUuid)
    .where('share.hostUuid', 'is', null)
    .execute();

const SECONDS = 30;

/** A host that does not answer is asked when it is needed. */
const isAway = (thrown: unknown): boolean => ['unavailable', 'timeout'].includes(Fault.from(thrown).kind);

async function ask(
  { order }: StepDoing,
  { path, ...where }: Unseen,
  isLeft: (thrown: unknown) => boolean,
): Promise<Seen[]> {
  const { storageUuid, hostUuid } = where;
  const more = { resource: storageUuid, key: `${hostUuid}-${storageUuid}`, seconds: SECONDS };
  try {
    return [{ ...where, room: await order(hostUuid, connectStorage, { storage: storageUuid, path }, more) }];
  } catch (thrown) {
    if (isLeft(thrown)) return [];
    throw thrown;
  }
}

/** Has hosts use a storage, and writes what room it has there. @param isLeft whether a fault of a host is no reason to fail */
export const lookAtStorages = (isLeft = isAway): Step<Looking> => ({
  name: 'look at the storages of hosts',
  run: async ({ unseen }, on) => ({
    seen: (await Promise.all(unseen.map((each) => ask(on, each, isLeft)))).flat(),
  }),
  async record(database, { seen = [] }) {
    for (const { room, ...where } of seen) await setShare(database, where, room);
  },
});
