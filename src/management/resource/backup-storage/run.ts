import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { create, existing } from '../../calls/change.ts';
import { type Doing, type Served, serves } from '../../calls/doing.ts';
import { inventory } from '../../calls/inventory.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import type { ImageFiles } from './files.ts';
import {
  addSftpBackupStorage,
  attachBackupStorage,
  backupStorage,
  type backupStorageZoneRef,
  detachBackupStorage,
  getBackupStorageCapacity,
  getBackupStorageTypes,
  reconnectBackupStorage,
  SFTP,
} from './resource.ts';

const tables = ({ database }: Doing) =>
  database.withTables<TablesOf<typeof backupStorage | typeof backupStorageZoneRef>>();

/** What this version keeps images on: a folder of the management node itself. Whoever calls names that node. */
const add = (files: ImageFiles) =>
  serves(addSftpBackupStorage, async (on, { username, password: _, sshPort = 22, ...params }) => {
    const { type, hostname, url, importImages } = params;
    if (type !== undefined && type !== SFTP)
      throw badField('type', say(`${type} is not ${SFTP}`, `${type} 不是 ${SFTP}`));
    if (importImages)
      throw badField(
        'importImages',
        say('this version takes over no images of before', '本版本不接管原有镜像'),
      );
    if (!files.isHere(hostname)) throw elsewhere(hostname);
    const words = files.folderProblem(url);
    if (words !== undefined) throw badField('url', words);
    await checkApart(on, url);
    const { total, available } = await files.room(url);
    const told = { type: SFTP, status: 'Connected', totalCapacity: total, availableCapacity: available };
    return create(backupStorage)(on, { ...params, ...told, username, sshPort });
  });

const elsewhere = (hostname: string): Fault =>
  badField(
    'hostname',
    say(
      `${hostname} is not this management node: this version keeps images on it alone`,
      `${hostname} 不是本管理节点：本版本只在管理节点上保存镜像`,
    ),
  );

/** No two servers share a folder, or lie in each other. */
async function checkApart(on: Doing, url: string): Promise<void> {
  const others = await tables(on).selectFrom('backup_storage').select(['name', 'url']).execute();
  const other = others.find((each) => isIn(url, each.url) || isIn(each.url, url));
  if (other === undefined) return;
  throw new Fault('conflict', say(`${other.name} has ${other.url}`, `${other.name} 已使用 ${other.url}`));
}

const isIn = (path: string, folder: string): boolean =>
  `${path}/`.startsWith(`${folder.replace(/\/+$/, '')}/`);

const reconnect = (files: ImageFiles) =>
  serves(reconnectBackupStorage, async (on, { uuid }) => {
    const row = await existing(on, backupStorage, uuid);
    const { total, available } = await files.room(row.url);
    const next = {
      ...{ totalCapacity: total, availableCapacity: available },
      ...({ status: 'Connected', lastOpDate: on.now } as const),
    };
    await tables(on).updateTable('backup_storage').set(next).where('uuid', '=', uuid).execute();
    return { inventory: await inventory(on, backupStorage, { ...row, ...next }) };
  });

const attach = serves(attachBackupStorage, async (on, where) => {
  const row = await existing(on, backupStorage, where.backupStorageUuid);
  const zones = await tables(on)
    .selectFrom('backup_storage_zone_ref')
    .select('zoneUuid')
    .where('backupStorageUuid', '=', row.uuid)
    .execute();
  if (zones.length > 0)
    throw new Fault(
      'conflict',
      say('it serves a zone already: each serves one', '已服务于一个区域：每个镜像服务器只服务一个区域'),
    );
  const ref = { ...where, createDate: on.now, lastOpDate: on.now };
  await tables(on).insertInto('backup_storage_zone_ref').values(ref).execute();
  return { inventory: await inventory(on, backupStorage, row) };
});

const detach = serves(detachBackupStorage, async (on, { zoneUuid, backupStorageUuid }) => {
  const row = await existing(on, backupStorage, backupStorageUuid);
  const gone = await tables(on)
    .deleteFrom('backup_storage_zone_ref')
    .where('zoneUuid', '=', zoneUuid)
    .where('backupStorageUuid', '=', backupStorageUuid)
    .executeTakeFirst();
  if (gone.numDeletedRows === 0n)
    throw new Fault('conflict', say('it does not serve that zone', '不服务于该区域'));
  return { inventory: await inventory(on, backupStorage, row) };
});

const capacity = serves(getBackupStorageCapacity, async (on, { zoneUuids, backupStorageUuids, all }) => {
  let query = tables(on)
    .selectFrom('backup_storage as storage')
    .select((each) => [
      each.fn.sum('storage.totalCapacity').as('total'),
      each.fn.sum('storage.availableCapacity').as('available'),
    ]);
  if (!all) {
    if (backupStorageUuids?.length) query = query.where('storage.uuid', 'in', backupStorageUuids);
    else if (zoneUuids?.length)
      query = query.where('storage.uuid', 'in', (of) =>
        of
          .selectFrom('backup_storage_zone_ref as ref')
          .select('ref.backupStorageUuid')
          .where('ref.zoneUuid', 'in', zoneUuids),
      );
    else throw badField('all', say('is true, or some uuids are given', '为 true，或给出 uuid'));
  }
  const sums = await query.executeTakeFirst();
  return { totalCapacity: Number(sums?.total ?? 0), availableCapacity: Number(sums?.available ?? 0) };
});

const types = serves(getBackupStorageTypes, async () => ({ backupStorageTypes: [SFTP] }));

export const backupStorageCalls = (files: ImageFiles): Served[] => [
  add(files),
  reconnect(files),
  attach,
  detach,
  capacity,
  types,
];
