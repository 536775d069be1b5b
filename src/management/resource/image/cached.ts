import type { Kysely } from 'kysely';
import { removeImage } from '../../../node/image/schema.ts';
import type { TablesOf } from '../../define/table.ts';
import { errand, type LeaveErrand } from '../../jobs/order.ts';
import type { localStorageShare } from '../local-storage/resource.ts';
import type { Where } from '../local-storage/share.ts';
import type { image } from './resource.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof localStorageShare | typeof image>>();

/** Has all hosts take an image that is gone out of their caches. Where a volume stands on it, it goes with the last one. */
export async function clearCaches(database: Kysely<object>, leave: LeaveErrand, uuid: string): Promise<void> {
  const shares = tables(database)
    .selectFrom('local_storage_share')
    .select(['primaryStorageUuid', 'hostUuid']);
  for (const { primaryStorageUuid: storage, hostUuid } of await shares.execute())
    await leave(database, errand(hostUuid, removeImage, { storage, image: uuid }, uuid));
}

/** The same on the host of a volume that stood on it, where the image is gone by now. */
export async function clearAfter(
  database: Kysely<object>,
  leave: LeaveErrand,
  uuid: string,
  { storageUuid: storage, hostUuid }: Where,
): Promise<void> {
  const row = await tables(database)
    .selectFrom('image')
    .select('uuid')
    .where('uuid', '=', uuid)
    .executeTakeFirst();
  if (row === undefined) await leave(database, errand(hostUuid, removeImage, { storage, image: uuid }, uuid));
}
