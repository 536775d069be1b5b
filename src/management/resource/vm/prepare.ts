import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { PLATFORMS } from '../../../node/vm/schema/definition.ts';
import type { Doing } from '../../calls/doing.ts';
import type { TablesOf } from '../../define/table.ts';
import type { Wanted } from '../../placement/place.ts';
import { sealedOf } from '../../secrets/kept.ts';
import { textOf } from '../global-config/run.ts';
import { bytesOf } from '../global-config/settings/check.ts';
import type { image } from '../image/resource.ts';
import type { l3Network } from '../l3/resource.ts';
import { unseenIn } from '../local-storage/connect.ts';
import { systemTagOf } from '../tag/tags.ts';
import type { vmNic } from '../vm-nic/resource.ts';
import type { volume } from '../volume/resource.ts';
import type { Bringing, RootImage } from './context.ts';
import { type NicPlan, nicPlan } from './networks.ts';
import { type VmRow, vmRow } from './rows.ts';

type All = typeof image | typeof l3Network | typeof vmNic | typeof volume;

/** Beginning of the tag that holds a VM's hostname. */
export const HOSTNAME = 'hostname::';

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
  const spare = await spareOf(on.database);
  const consolePassword = await sealedOf(on.database, vmUuid, 'consolePassword');
  return {
    ...{ vm: row.uuid, root: { uuid: root.uuid, size: root.size }, nics, definition, spare },
    ...(image === undefined ? {} : { image }),
    ...(consolePassword === undefined ? {} : { consolePassword }),
    wanted: wantedBy(row, target, { root, spare, l2Uuids: nics.map(({ l2 }) => l2) }),
    unseen: await unseenIn(on.database, row.zoneUuid),
  };
}

/** Bytes of memory that are kept for each host itself. */
const spareOf = async (database: Kysely<object>): Promise<number> =>
  bytesOf(await textOf(database, 'kvm', 'reservedMemory')) ?? 0;

interface Needs {
  readonly root: Root;
  readonly spare: number;
  readonly l2Uuids: readonly string[];
}

function wantedBy(row: VmRow, target: Target, { root, spare, l2Uuids }: Needs): Wanted {
  const volume = { size: root.size, storageUuid: target.storageUuid, threshold: THRESHOLD };
  return {
    ...{ zoneUuid: row.zoneUuid, clusterUuid: target.clusterUuid },
    hostUuid: home(row, target.hostUuid),
    ...{ cpuNum: row.cpuNum, memory: row.memorySize + spare, l2Uuids: [...new Set(l2Uuids)] },
    ...(root.isThere ? {} : { volume }),
    lastHostUuid: row.lastHostUuid ?? undefined,
  };
}

/** What a VM would want of its host, were it brought up now; nothing is written. Throws as its start would. */
export async function wantedNow(database: Kysely<object>, row: VmRow): Promise<Wanted> {
  const networks = await tables(database)
    .selectFrom('vm_nic')
    .innerJoin('l3_network', 'l3_network.uuid', 'vm_nic.l3NetworkUuid')
    .select('l3_network.l2NetworkUuid')
    .where('vm_nic.vmInstanceUuid', '=', row.uuid)
    .execute();
  if (networks.length === 0) throw noNetwork();
  const l2Uuids = networks.map(({ l2NetworkUuid }) => l2NetworkUuid);
  return wantedBy(row, {}, { root: await rootOf(database, row), spare: await spareOf(database), l2Uuids });
}

const noNetwork = (): Fault => new Fault('conflict', say('it has no network', '没有网络'));

/** A VM on local storage runs where that is. */
function home({ homeHostUuid }: VmRow, wanted: string | undefined): string | undefined {
  if (homeHostUuid !== null && wanted !== undefined && wanted !== homeHostUuid)
    throw new Fault(
      'conflict',
      say('its root volume is on the local storage of another host', '其根云盘位于另一台主机的本地存储'),
    );
  return homeHostUuid ?? wanted;
}

interface Root {
  readonly uuid: string;
  readonly size: number;
  readonly isThere: boolean;
}

async function rootOf(database: Kysely<object>, { rootVolumeUuid }: VmRow): Promise<Root> {
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
  if (nics.length === 0) throw noNetwork();
  const hostname = (await systemTagOf(on.database, row.uuid, HOSTNAME))?.slice(HOSTNAME.length);
  const plans = [];
  for (const nic of nics) {
    const isDefault = nic.l3NetworkUuid === row.defaultL3NetworkUuid;
    plans.push(await nicPlan(on, nic, { isDefault, hostname }));
  }
  return plans;
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
