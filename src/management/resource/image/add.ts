import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { IMAGE_FORMATS } from '../../../node/storage/local/schema.ts';
import { create, existing } from '../../calls/change.ts';
import { carries, type Doing, newUuid, type Served } from '../../calls/doing.ts';
import { removeWith } from '../../calls/remove.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { flow } from '../../jobs/flow.ts';
import type { Fetched, Wanted } from '../backup-storage/files.ts';
import { backupStorage } from '../backup-storage/resource.ts';
import type { Parts } from './parts.ts';
import { addImage, image, type imageBackupStorageRef } from './resource.ts';
import { told } from './rows.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof image | typeof imageBackupStorageRef>>();

interface Context extends Wanted {
  readonly backupStorageUuid: string;
  readonly fetched?: Fetched;
}

const adding = ({ files, catalogue }: Parts) =>
  flow<Context>({
    name: 'AddImage',
    steps: [
      {
        name: 'fetch the image',
        run: async (wanted, on) => ({ fetched: await files.fetch(wanted, on) }),
        record: (database, context, now) => ready(database, context, now),
        undo: ({ folder, image: uuid }) => files.remove(folder, uuid),
        forget: (database, { image: uuid }) => removeWith({ database, catalogue }, image, uuid),
      },
    ],
    answer: ({ image: uuid }, database) => told(database, uuid),
  });

async function ready(
  database: Kysely<object>,
  { image: uuid, fetched }: Context,
  now: number,
): Promise<void> {
  if (fetched === undefined) return;
  const { path, bytes, size, checksum, md5 } = fetched;
  const sizes = { size, actualSize: bytes, checksum, md5Sum: md5 };
  await tables(database)
    .updateTable('image')
    .set({ status: 'Ready', ...sizes, lastOpDate: now })
    .where('uuid', '=', uuid)
    .execute();
  await tables(database)
    .updateTable('image_backup_storage_ref')
    .set({ status: 'Ready', installPath: path, lastOpDate: now })
    .where('imageUuid', '=', uuid)
    .execute();
}

/** The image and its server as they are while it is fetched. */
export const addImageCall = (parts: Parts): Served =>
  carries(addImage, adding(parts), async (on, params): Promise<Context> => {
    const { backupStorageUuids, url, type = 'zstack', format } = params;
    const [backupStorageUuid = '', ...more] = backupStorageUuids;
    if (more.length > 0)
      throw badField(
        'backupStorageUuids',
        say('one: this version keeps an image once', '只能有一个：本版本只保存一份镜像'),
      );
    if (type !== 'zstack') throw badField('type', say(`${type} is not zstack`, `${type} 不是 zstack`));
    checkFormat(format, params.mediaType);
    const words = parts.files.urlProblem(url);
    if (words !== undefined) throw badField('url', words);
    const server = await usable(on, backupStorageUuid);
    const uuid = params.resourceUuid ?? newUuid();
    await create(image)(on, {
      ...params,
      ...{ resourceUuid: uuid, type, status: 'Downloading', system: params.system ?? false },
      mediaType: params.mediaType ?? (format === 'iso' ? 'ISO' : 'RootVolumeTemplate'),
      platform: params.platform ?? 'Linux',
    });
    await tables(on.database)
      .insertInto('image_backup_storage_ref')
      .values({
        ...{ imageUuid: uuid, backupStorageUuid, installPath: null, status: 'Downloading' },
        ...{ createDate: on.now, lastOpDate: on.now },
      })
      .execute();
    return { image: uuid, url, format, folder: server.url, isHere: on.caller.isHere, backupStorageUuid };
  });

function checkFormat(format: string, media: string | undefined): void {
  if (!(IMAGE_FORMATS as readonly string[]).includes(format))
    throw badField(
      'format',
      say(
        `${format} is none of ${IMAGE_FORMATS.join(', ')}`,
        `${format} 不是 ${IMAGE_FORMATS.join('、')} 之一`,
      ),
    );
  if (media !== undefined && (media === 'ISO') !== (format === 'iso'))
    throw badField(
      'mediaType',
      say(`${media} does not go with format ${format}`, `${media} 与格式 ${format} 不符`),
    );
}

async function usable(on: Doing, uuid: string) {
  const server = await existing(on, backupStorage, uuid);
  if (server.state === 'Enabled' && server.status === 'Connected') return server;
  throw new Fault(
    'conflict',
    say(
      `image server ${server.name} is ${server.state}, ${server.status}`,
      `镜像服务器 ${server.name} 处于 ${server.state}、${server.status}`,
    ),
  );
}
