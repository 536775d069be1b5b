import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { create, existing } from '../../calls/change.ts';
import { type Catalogue, carries, type Doing, newUuid, type Served } from '../../calls/doing.ts';
import { removeWith } from '../../calls/remove.ts';
import type { ParamsOf } from '../../define/api.ts';
import { badField } from '../../define/refusal.ts';
import { flow, type Step } from '../../jobs/flow.ts';
import { diskOffering } from '../disk-offering/resource.ts';
import { image } from '../image/resource.ts';
import { instanceOffering } from '../instance-offering/resource.ts';
import { l3Network } from '../l3/resource.ts';
import { volume } from '../volume/resource.ts';
import type { Bringing } from './context.ts';
import { makeNic } from './networks.ts';
import { prepared } from './prepare.ts';
import { createVmInstance, vmInstance } from './resource.ts';
import { move, toldVm } from './rows.ts';
import { BRINGING_UP } from './steps.ts';

type Params = ParamsOf<typeof createVmInstance.params> & { systemTags?: readonly string[] };

/** Written down, and brought up unless it is to be started later. */
interface Creating extends Partial<Bringing> {
  readonly vm: string;
}

const isNow = (context: Creating): context is Bringing => context.wanted !== undefined;

/** A step of bringing up, which has nothing to do for a VM that is to be started later. */
const whenNow = ({ name, run, record, undo, forget }: Step<Bringing>): Step<Creating> => ({
  name,
  run: async (context, on) => (isNow(context) ? run?.(context, on) : undefined),
  record: async (database, context, now) =>
    isNow(context) ? ((await record?.(database, context, now)) ?? undefined) : undefined,
  undo: async (context, on) => (isNow(context) ? undo?.(context, on) : undefined),
  forget: async (database, context, now) => (isNow(context) ? forget?.(database, context, now) : undefined),
});

const creating = (catalogue: Catalogue) =>
  flow<Creating>({
    name: 'CreateVmInstance',
    steps: [
      {
        name: 'write it down',
        forget: (database, { vm }) => removeWith({ database, catalogue }, vmInstance, vm),
      },
      ...BRINGING_UP.map(whenNow),
    ],
    answer: ({ vm }, database) => toldVm(database, vm),
  });

export const createVmCall = (catalogue: Catalogue): Served =>
  carries(createVmInstance, creating(catalogue), async (on, params: Params): Promise<Creating> => {
    const vm = await written(on, params);
    if (params.strategy === 'JustCreate') return { vm };
    await move(on.database, vm, 'start', on.now);
    const { clusterUuid, hostUuid, primaryStorageUuidForRootVolume: storageUuid } = params;
    return prepared(on, vm, { clusterUuid, hostUuid, storageUuid });
  });

/** Writes a VM with its root volume and its NICs; answers its uuid. */
async function written(on: Doing, params: Params): Promise<string> {
  refuseUnserved(params);
  const offering = await usable(on, instanceOffering, params.instanceOfferingUuid);
  const template = await usableImage(on, params.imageUuid);
  const zoneUuid = await zoneOf(on, params);
  const uuid = params.resourceUuid ?? newUuid();
  const rootVolumeUuid = newUuid();
  const { cpuNum, memorySize, cpuSpeed, allocatorStrategy } = offering;
  await create(vmInstance)(on, {
    ...params,
    ...{ resourceUuid: uuid, zoneUuid, rootVolumeUuid, platform: template.platform, type: 'UserVm' },
    // Chosen when it is brought up.
    ...{ clusterUuid: undefined, hostUuid: undefined },
    ...{ cpuNum, memorySize, cpuSpeed, allocatorStrategy },
    defaultL3NetworkUuid: defaultNetwork(params),
  });
  await writeRoot(on, {
    uuid: rootVolumeUuid,
    vm: uuid,
    name: params.name,
    params,
    imageSize: template.size ?? 0,
  });
  for (const [deviceId, l3] of params.l3NetworkUuids.entries())
    await makeNic(on, uuid, l3, deviceId, staticIp(params.systemTags ?? [], l3));
  return uuid;
}

const later = say('this version makes it without', '本版本创建云主机时不支持');

function refuseUnserved({ type, dataDiskOfferingUuids }: Params): void {
  if (type === 'ApplianceVm') throw badField('type', say('this version makes UserVm', '本版本只创建 UserVm'));
  if (dataDiskOfferingUuids !== undefined) throw badField('dataDiskOfferingUuids', later);
}

async function usable<T extends typeof instanceOffering | typeof diskOffering>(
  on: Doing,
  of: T,
  uuid: string,
) {
  const row = await existing(on, of, uuid);
  if (row.state === 'Enabled') return row;
  throw new Fault('conflict', say(`${of.name} ${row.name} is disabled`, `${of.name} ${row.name} 已停用`));
}

async function usableImage(on: Doing, uuid: string) {
  const row = await existing(on, image, uuid);
  if (row.status !== 'Ready' || row.state !== 'Enabled')
    throw new Fault(
      'conflict',
      say(
        `image ${row.name} is ${row.status}, ${row.state}`,
        `镜像 ${row.name} 处于 ${row.status}、${row.state}`,
      ),
    );
  if (row.mediaType !== 'RootVolumeTemplate')
    throw badField(
      'imageUuid',
      say(
        `is ${row.mediaType}: this version makes VMs of root volume templates`,
        `是 ${row.mediaType}：本版本只用根云盘模板创建云主机`,
      ),
    );
  return row;
}

/** The one zone of its networks. */
async function zoneOf(on: Doing, { l3NetworkUuids, zoneUuid }: Params): Promise<string> {
  const zones = new Set<string>();
  for (const [at, uuid] of l3NetworkUuids.entries()) {
    if (l3NetworkUuids.indexOf(uuid) !== at)
      throw badField('l3NetworkUuids', say(`${uuid} is there twice`, `${uuid} 重复`));
    const row = await existing(on, l3Network, uuid);
    if (row.system)
      throw badField(
        'l3NetworkUuids',
        say(`${row.name} is a network of the system`, `${row.name} 是系统网络`),
      );
    zones.add(row.zoneUuid);
  }
  const [zone = '', ...more] = zones;
  if (more.length > 0) throw badField('l3NetworkUuids', say('are of several zones', '属于多个区域'));
  if (zoneUuid !== undefined && zoneUuid !== zone)
    throw badField('zoneUuid', say('has none of these networks', '没有这些网络'));
  return zone;
}

function defaultNetwork({ l3NetworkUuids, defaultL3NetworkUuid }: Params): string {
  const [first = ''] = l3NetworkUuids;
  if (defaultL3NetworkUuid === undefined) return first;
  if (!l3NetworkUuids.includes(defaultL3NetworkUuid))
    throw badField('defaultL3NetworkUuid', say('is none of l3NetworkUuids', '不在 l3NetworkUuids 中'));
  return defaultL3NetworkUuid;
}

/** `staticIp::L3::IP` of a creation. */
function staticIp(tags: readonly string[], l3: string): string | undefined {
  const start = `staticIp::${l3}::`;
  return tags.find((tag) => tag.startsWith(start))?.slice(start.length);
}

interface Root {
  readonly uuid: string;
  readonly vm: string;
  readonly name: string;
  readonly params: Params;
  readonly imageSize: number;
}

const SECTOR = 512;

/** A root volume is as large as its image, or as its offering where that is larger. */
async function writeRoot(on: Doing, { uuid, vm, name, params, imageSize }: Root): Promise<void> {
  const { rootDiskOfferingUuid, imageUuid } = params;
  const disk =
    rootDiskOfferingUuid === undefined ? undefined : await usable(on, diskOffering, rootDiskOfferingUuid);
  const wanted = disk !== undefined && 'diskSize' in disk ? disk.diskSize : 0;
  await create(volume)(on, {
    ...{
      resourceUuid: uuid,
      name: `ROOT-for-${name}`.slice(0, 255),
      vmInstanceUuid: vm,
      rootImageUuid: imageUuid,
    },
    ...{ diskOfferingUuid: rootDiskOfferingUuid, type: 'Root', format: 'qcow2', deviceId: 0 },
    ...{
      size: Math.ceil(Math.max(imageSize, wanted) / SECTOR) * SECTOR,
      status: 'NotInstantiated',
      isShareable: false,
    },
  });
}
