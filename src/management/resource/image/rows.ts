import type { Kysely } from 'kysely';
import { inventory } from '../../calls/inventory.ts';
import { notThere } from '../../define/refusal.ts';
import type { StoredOf, TablesOf } from '../../define/table.ts';
import { image, imageBackupStorageRef } from './resource.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof image | typeof imageBackupStorageRef>>();

export type ImageRow = StoredOf<typeof image>;

/** An image's inventory as it is now. Throws SYS.1003. */
export async function told(database: Kysely<object>, uuid: string) {
  const row = await tables(database)
    .selectFrom('image')
    .selectAll()
    .where('uuid', '=', uuid)
    .executeTakeFirst();
  if (row === undefined) throw notThere(image.vo, uuid);
  const reads = { database, catalogue: { resources: [imageBackupStorageRef] } };
  return { inventory: await inventory(reads, image, row) };
}

/** Images that were deleted before that moment and not recovered. */
export async function deletedBefore(database: Kysely<object>, moment: number): Promise<string[]> {
  const query = tables(database).selectFrom('image').select('uuid').where('status', '=', 'Deleted');
  return (await query.where('lastOpDate', '<=', moment).execute()).map(({ uuid }) => uuid);
}

type Status = ImageRow['status'];

/** Sets the status of an image on its servers too. */
export async function setStatus(
  database: Kysely<object>,
  uuid: string,
  status: Status,
  now: number,
): Promise<void> {
  const next = { status, lastOpDate: now };
  await tables(database).updateTable('image').set(next).where('uuid', '=', uuid).execute();
  await tables(database)
    .updateTable('image_backup_storage_ref')
    .set(next)
    .where('imageUuid', '=', uuid)
    .execute();
}
