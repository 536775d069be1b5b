import type { Kysely } from 'kysely';
import type { TablesOf } from '../../define/table.ts';
import type { imageBackupStorageRef } from './resource.ts';

/** Path of an image's file on this machine, once it is whole; undefined where there is none. */
export async function servedPath(database: Kysely<object>, uuid: string): Promise<string | undefined> {
  const row = await database
    .withTables<TablesOf<typeof imageBackupStorageRef>>()
    .selectFrom('image_backup_storage_ref')
    .select('installPath')
    .where('imageUuid', '=', uuid)
    .where('status', '=', 'Ready')
    .executeTakeFirst();
  return row?.installPath ?? undefined;
}
