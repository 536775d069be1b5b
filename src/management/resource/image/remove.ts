import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { existing } from '../../calls/change.ts';
import { carries, type Doing, type Served, serves } from '../../calls/doing.ts';
import { removeWith } from '../../calls/remove.ts';
import type { TablesOf } from '../../define/table.ts';
import { type Flow, flow } from '../../jobs/flow.ts';
import type { backupStorage } from '../backup-storage/resource.ts';
import { textOf } from '../global-config/run.ts';
import { clearCaches } from './cached.ts';
import type { Parts } from './parts.ts';
import { deleteImage, expungeImage, image, type imageBackupStorageRef, recoverImage } from './resource.ts';
import { type ImageRow, setStatus, told } from './rows.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof backupStorage | typeof imageBackupStorageRef>>();

interface Context {
  readonly image: string;
  /** Folders that its file is to be erased from; none: it is kept until it is expunged. */
  readonly folders: readonly string[];
}

const erasing = (name: string, { files, catalogue, links }: Parts): Flow =>
  flow<Context>({
    name,
    steps: [
      {
        name: 'erase the image',
        async run({ image: uuid, folders }) {
          for (const folder of folders) await files.remove(folder, uuid);
          return undefined;
        },
        async record(database, { image: uuid, folders }) {
          if (folders.length === 0) return;
          await clearCaches(database, links.leave, uuid);
          await removeWith({ database, catalogue }, image, uuid);
        },
      },
    ],
    answer: () => ({}),
  });

/** The image is not found by those who make VMs from now on; what becomes of its file the policy says. */
const remove = (parts: Parts): Served =>
  carries(deleteImage, erasing('DeleteImage', parts), async (on, { uuid }): Promise<Context> => {
    const row = await atRest(on, uuid);
    await setStatus(on.database, row.uuid, 'Deleted', on.now);
    const policy = await textOf(on.database, 'image', 'deletionPolicy');
    return { image: row.uuid, folders: policy === 'Direct' ? await foldersOf(on.database, row.uuid) : [] };
  });

const expunge = (parts: Parts): Served =>
  carries(expungeImage, erasing('ExpungeImage', parts), async (on, { imageUuid }): Promise<Context> => {
    const row = await existing(on, image, imageUuid);
    if (row.status !== 'Deleted') throw not(row, 'expunging', '彻底删除', 'Deleted');
    return { image: row.uuid, folders: await foldersOf(on.database, row.uuid) };
  });

const recover = serves(recoverImage, async (on, { imageUuid }) => {
  const row = await existing(on, image, imageUuid);
  if (row.status !== 'Deleted') throw not(row, 'recovering', '恢复', 'Deleted');
  await setStatus(on.database, row.uuid, 'Ready', on.now);
  return told(on.database, row.uuid);
});

async function atRest(on: Doing, uuid: string): Promise<ImageRow> {
  const row = await existing(on, image, uuid);
  if (row.status !== 'Ready' && row.status !== 'Deleted')
    throw not(row, 'deleting', '删除', 'Ready, Deleted');
  return row;
}

const not = ({ status }: ImageRow, en: string, zh: string, needed: string): Fault =>
  new Fault(
    'conflict',
    say(
      `the image is ${status}: ${en} is possible in ${needed}`,
      `镜像处于 ${status}：只有 ${needed} 时可以${zh}`,
    ),
  );

async function foldersOf(database: Kysely<object>, imageUuid: string): Promise<string[]> {
  const rows = await tables(database)
    .selectFrom('image_backup_storage_ref as ref')
    .innerJoin('backup_storage as storage', 'storage.uuid', 'ref.backupStorageUuid')
    .select('storage.url')
    .where('ref.imageUuid', '=', imageUuid)
    .execute();
  return rows.map(({ url }) => url);
}

export const removeImageCalls = (parts: Parts): Served[] => [remove(parts), expunge(parts), recover];
