import { type Kysely, sql } from 'kysely';
import type { TablesOf } from '../../define/table.ts';
import type { primaryStorage } from '../primary-storage/resource.ts';
import type { localStorageResourceRef, localStorageShare } from './resource.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<
    TablesOf<typeof localStorageShare | typeof localStorageResourceRef | typeof primaryStorage>
  >();

/** A storage on one host. */
export interface Where {
  readonly storageUuid: string;
  readonly hostUuid: string;
}

/** Bytes of the file system, as the host tells them. */
export interface HostRoom {
  readonly total: number;
  readonly available: number;
}

/** Writes what a host has; what volumes take there stays taken. */
export async function setShare(database: Kysely<object>, where: Where, room: HostRoom): Promise<void> {
  const values = {
    totalCapacity: room.total,
    availableCapacity: room.total - (await usedOf(database, where)),
    totalPhysicalCapacity: room.total,
    availablePhysicalCapacity: room.available,
  };
  const { storageUuid: primaryStorageUuid, hostUuid } = where;
  await tables(database)
    .deleteFrom('local_storage_share')
    .where('primaryStorageUuid', '=', primaryStorageUuid)
    .where('hostUuid', '=', hostUuid)
    .execute();
  await tables(database)
    .insertInto('local_storage_share')
    .values({ primaryStorageUuid, hostUuid, ...values })
    .execute();
  await sumUp(database, primaryStorageUuid);
}

async function usedOf(database: Kysely<object>, { storageUuid, hostUuid }: Where): Promise<number> {
  const { used } = await tables(database)
    .selectFrom('local_storage_resource_ref')
    .select((each) => each.fn.sum('size').as('used'))
    .where('primaryStorageUuid', '=', storageUuid)
    .where('hostUuid', '=', hostUuid)
    .executeTakeFirstOrThrow();
  return Number(used ?? 0);
}

const SUMS = [
  'totalCapacity',
  'availableCapacity',
  'totalPhysicalCapacity',
  'availablePhysicalCapacity',
] as const;

/** The capacities of a storage are the sums of its hosts'. */
async function sumUp(database: Kysely<object>, uuid: string): Promise<void> {
  const sums = await tables(database)
    .selectFrom('local_storage_share')
    .select((each) => SUMS.map((name) => each.fn.sum(name).as(name)))
    .where('primaryStorageUuid', '=', uuid)
    .executeTakeFirstOrThrow();
  const values = Object.fromEntries(SUMS.map((name) => [name, Number(sums[name] ?? 0)]));
  await tables(database).updateTable('primary_storage').set(values).where('uuid', '=', uuid).execute();
}

/** Keeps room for a volume on a host; false where it is not left. */
export async function takeRoom(
  database: Kysely<object>,
  where: Where,
  volume: { readonly uuid: string; readonly size: number },
  now: number,
): Promise<boolean> {
  if (!(await change(database, where, -volume.size))) return false;
  await tables(database)
    .insertInto('local_storage_resource_ref')
    .values({
      ...{ resourceUuid: volume.uuid, resourceType: 'VolumeVO', size: volume.size },
      ...{ primaryStorageUuid: where.storageUuid, hostUuid: where.hostUuid },
      ...{ createDate: now, lastOpDate: now },
    })
    .execute();
  return true;
}

async function change(
  database: Kysely<object>,
  { storageUuid, hostUuid }: Where,
  by: number,
): Promise<boolean> {
  const changed = await tables(database)
    .updateTable('local_storage_share')
    .set({ availableCapacity: sql<number>`availableCapacity + ${by}` })
    .where('primaryStorageUuid', '=', storageUuid)
    .where('hostUuid', '=', hostUuid)
    .where('availableCapacity', '>=', -by)
    .executeTakeFirst();
  if (changed.numUpdatedRows === 0n) return false;
  await tables(database)
    .updateTable('primary_storage')
    .set({ availableCapacity: sql<number>`availableCapacity + ${by}` })
    .where('uuid', '=', storageUuid)
    .execute();
  return true;
}

/** Where a volume lies; undefined where it has no place. */
export async function placeOf(
  database: Kysely<object>,
  volumeUuid: string,
): Promise<(Where & { size: number }) | undefined> {
  const row = await tables(database)
    .selectFrom('local_storage_resource_ref')
    .selectAll()
    .where('resourceUuid', '=', volumeUuid)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : { storageUuid: row.primaryStorageUuid, hostUuid: row.hostUuid, size: row.size };
}

/** Gives back the room of a volume; once, however often it is asked for. */
export async function giveRoom(database: Kysely<object>, volumeUuid: string): Promise<void> {
  const place = await placeOf(database, volumeUuid);
  if (place === undefined) return;
  const gone = await tables(database)
    .deleteFrom('local_storage_resource_ref')
    .where('resourceUuid', '=', volumeUuid)
    .executeTakeFirst();
  if (gone.numDeletedRows > 0n) await change(database, place, place.size);
}
