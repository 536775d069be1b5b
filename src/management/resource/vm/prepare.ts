import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { PLATFORMS } from '../../../node/vm/schema/definition.ts';
import type { Doing } from '../../calls/doing.ts';
import type { TablesOf } from '../../define/table.ts';
import { sealedOf } from '../../secrets/kept.ts';
import { textOf } from '../global-config/run.ts';
import { bytesOf } from '../global-config/settings/check.ts';
import type { image } from '../image/resource.ts';
import { unseenIn } from '../local-storage/connect.ts';
import type { systemTag } from '../tag/resource.ts';
import type { vmNic } from '../vm-nic/resource.ts';
import type { volume } from '../volume/resource.ts';
import type { Bringing, RootImage } from './context.ts';
import { type NicPlan, nicPlan } from './networks.ts';
import { type VmRow, vmRow } from './rows.ts';

type All = typeof image | typeof systemTag | typeof vmNic | typeof volume;

const tables = (database: Kysely<object>) => database.withTables<TablesOf<All>>();

const MEBIBYTE = 2 ** 20;
/** Part of a disk up to which new volumes are made on it. */
const THRESHOLD = 0.9;

/** Which host a VM is to be brought up on. */
export interface Target {
  readonly clusterUuid?: string | undefined;
  readonly hostUuid?: string | undefined;
  /** A certain storage for the root volume that is to be made. */
  readonly storageUuid?: string | undefined;
}

/** All that the steps which bring a VM up work with, read in the transaction that begins the job. */
export async function prepared(on: Doing, vmUuid: string, target: Target): Promise<Bringing> {
  const row = await vmRow(on.database, vmUuid);
  const root = await rootOf(on.database, row);
  const image = root.isThere ? undefined : await imageOf(on.database, row);
  const nics = await nicPlans(on, row);
  const definition = await definitionFor(on.database, row);
  const spare = bytesOf(await textOf(on.database, 'kvm', 'reservedMemory')) ?? 0;
  const consolePassword = await sealedOf(on.database, vmUuid, 'consolePassword');
  const volume = { size: root.size, storageUuid: target.storageUuid, threshold: THRESHOLD };
  return {
    ...{ vm: row.uuid, root: { uuid: root.uuid, size: root.size }, nics, definition, spare },
    ...(image === undefined ? {} : { image }),
    ...(consolePassword === undefined ? {} : { consolePassword }),
    wanted: {
      ...{ zoneUuid: row.zoneUuid, clusterUuid: target.clusterUuid },
      hostUuid: home(row, target.hostUuid),
      ...{
        cpuNum: row.cpuNum,
        memory: row.memorySize + spare,
        l2Uuids: [...new Set(nics.map(({ l2 }) => l2))],
      },
      ...(image === undefined ? {} : { volume }),
      lastHostUuid: row.lastHostUuid ?? undefined,
    },
    unseen: await unseenIn(on.database, row.zoneUuid),
  };
}

/** A VM on local storage runs where that is. */
function home({ homeHostUuid }: VmRow, wanted: string | undefined): string | undefined {
  if (homeHostUuid !== null && wanted !== undefined && wanted !== homeHostUuid)
    throw new Fault(
      'conflict',
      say('its root volume is on the local storage of another host', '其根云盘位于另一台主机的本地存储'),
    );
  return homeHostUuid ?? wanted;
}

async function rootOf(
  database: Kysely<object>,
  { rootVolumeUuid }: VmRow,
): Promise<{ uuid: string; size: number; isThere: boolean }> {
  const row = await tables(database)
    .selectFrom('volume')
    .select(['uuid', 'size', 'status'])
    .where('uuid', '=', rootVolumeUuid ?? '')
    .executeTakeFirst();
  if (row === undefined) throw new Fault('conflict', say('root volume not found', '未找到根云盘'));
  return { uuid: row.uuid, size: row.size ?? 0, isThere: row.status === 'Ready' };
}

/** What a root volume is to be made of. */
async function imageOf(database: Kysely<object>, { imageUuid }: VmRow): Promise<RootImage> {
  const row = await tables(database)
    .selectFrom('image')
    .selectAll()
    .where('uuid', '=', imageUuid ?? '')
    .executeTakeFirst();
  if (row === undefined || row.status !== 'Ready')
    throw new Fault('conflict', say('its image is there no more', '其镜像已不存在'));
  const { uuid, format, actualSize, size, checksum } = row;
  return { uuid, format, bytes: actualSize ?? 0, size: size ?? 0, checksum: checksum ?? '' };
}

async function nicPlans(on: Doing, row: VmRow): Promise<NicPlan[]> {
  const query = tables(on.database).selectFrom('vm_nic').selectAll().where('vmInstanceUuid', '=', row.uuid);
  const nics = await query.orderBy('deviceId').execute();
  if (nics.length === 0) throw new Fault('conflict', say('it has no network', '没有网络'));
  const hostname = await hostnameOf(on.database, row.uuid);
  const plans = [];
  for (const nic of nics) {
    const isDefault = nic.l3NetworkUuid === row.defaultL3NetworkUuid;
    plans.push(await nicPlan(on, nic, { isDefault, hostname }));
  }
  return plans;
}

async function hostnameOf(database: Kysely<object>, uuid: string): Promise<string | undefined> {
  const query = tables(database).selectFrom('system_tag').select('tag').where('resourceUuid', '=', uuid);
  const row = await query.where('tag', 'like', 'hostname::%').executeTakeFirst();
  return row?.tag.slice('hostname::'.length);
}

async function definitionFor(database: Kysely<object>, row: VmRow): Promise<Bringing['definition']> {
  return {
    ...{ name: row.name, cpuNum: row.cpuNum },
    memorySize: Math.floor(row.memorySize / MEBIBYTE) * MEBIBYTE,
    platform: PLATFORMS.find((known) => known === row.platform) ?? 'Other',
    cpuMode: (await textOf(database, 'kvm', 'vm.cpuMode')) as 'none',
    cacheMode: (await textOf(database, 'kvm', 'vm.cacheMode')) as 'none',
    videoType: (await textOf(database, 'vm', 'videoType')) as 'cirrus',
    bootMenu: (await textOf(database, 'vm', 'bootMenu')).toLowerCase() === 'true',
  };
}
