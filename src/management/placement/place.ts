import { say, type Words } from '../../api/words.ts';

/** A host's share of a storage that its cluster has. Bytes. */
export interface Share {
  readonly uuid: string;
  readonly state: string;
  readonly available: number;
  readonly totalPhysical: number;
  readonly availablePhysical: number;
}

/** A host as it is when a VM is placed. */
export interface Candidate {
  readonly uuid: string;
  readonly zoneUuid: string;
  readonly clusterUuid: string;
  readonly hypervisorType: string;
  readonly state: string;
  readonly status: string;
  /** Whether its cluster and its zone are enabled. */
  readonly isOpen: boolean;
  readonly availableCpu: number;
  readonly availableMemory: number;
  /** VMs that are on it. */
  readonly vms: number;
  readonly l2Uuids: readonly string[];
  readonly shares: readonly Share[];
}

/** What a VM needs of its host. */
export interface Wanted {
  readonly zoneUuid: string;
  readonly clusterUuid?: string | undefined;
  readonly hostUuid?: string | undefined;
  readonly cpuNum: number;
  /** Bytes, with what is kept for the host itself. */
  readonly memory: number;
  readonly l2Uuids: readonly string[];
  /** Room for the root volume; absent where it is there already. */
  readonly volume?: Room | undefined;
  /** Where it was last: the first choice. */
  readonly lastHostUuid?: string | undefined;
}

export interface Room {
  readonly size: number;
  /** A certain storage. */
  readonly storageUuid?: string | undefined;
  /** Part of the disk, 0 to 1, up to which it may be filled. */
  readonly threshold: number;
}

interface Filter {
  /** Said of those that it rules out. */
  readonly lacks: Words;
  keeps(host: Candidate, wanted: Wanted): boolean;
}

const optional = (wanted: string | undefined, is: string): boolean => wanted === undefined || wanted === is;

/** In this order, each asked of those that the ones before it left. */
const FILTERS: readonly Filter[] = [
  {
    lacks: say(
      'in another zone, cluster or not the host that is wanted',
      '不在所要求的区域、集群，或不是所要求的主机',
    ),
    keeps: ({ zoneUuid, clusterUuid, uuid }, wanted) =>
      zoneUuid === wanted.zoneUuid &&
      optional(wanted.clusterUuid, clusterUuid) &&
      optional(wanted.hostUuid, uuid),
  },
  { lacks: say('not connected', '未连接'), keeps: ({ status }) => status === 'Connected' },
  {
    lacks: say('not enabled, or zone or cluster is not', '主机、集群或区域未启用'),
    keeps: ({ state, isOpen }) => state === 'Enabled' && isOpen,
  },
  {
    lacks: say('without a network that it needs', '缺少所需的网络'),
    keeps: ({ l2Uuids }, wanted) => wanted.l2Uuids.every((uuid) => l2Uuids.includes(uuid)),
  },
  {
    lacks: say('without processors left', 'CPU 不足'),
    keeps: ({ availableCpu }, { cpuNum }) => availableCpu >= cpuNum,
  },
  {
    lacks: say('without memory left', '内存不足'),
    keeps: ({ availableMemory }, { memory }) => availableMemory >= memory,
  },
  {
    lacks: say('without a storage that has room', '没有空间足够的主存储'),
    keeps: (host, wanted) => wanted.volume === undefined || storagesFor(host, wanted.volume).length > 0,
  },
];

/** Storages of a host that have room, the one with the most of it first. */
export function storagesFor({ shares }: Candidate, { size, storageUuid, threshold }: Room): Share[] {
  const fits = shares.filter(
    ({ uuid, state, available, totalPhysical, availablePhysical }) =>
      optional(storageUuid, uuid) &&
      state === 'Enabled' &&
      available >= size &&
      availablePhysical > totalPhysical * (1 - threshold),
  );
  return fits.sort((a, b) => b.available - a.available || compare(a.uuid, b.uuid));
}

const compare = (a: string, b: string): number => (a < b ? -1 : 1);

/** The hosts that a VM may be put on, the best one first; and how many each reason ruled out. */
export interface Placed {
  readonly hosts: readonly Candidate[];
  readonly ruledOut: readonly { readonly lacks: Words; readonly count: number }[];
}

export function place(candidates: readonly Candidate[], wanted: Wanted): Placed {
  let hosts = candidates;
  const ruledOut = [];
  for (const { lacks, keeps } of FILTERS) {
    const left = hosts.filter((host) => keeps(host, wanted));
    if (left.length < hosts.length) ruledOut.push({ lacks, count: hosts.length - left.length });
    hosts = left;
  }
  return { hosts: [...hosts].sort(better(wanted)), ruledOut };
}

/** Where it was last, then where the fewest are. */
const better =
  ({ lastHostUuid }: Wanted) =>
  (a: Candidate, b: Candidate): number =>
    Number(b.uuid === lastHostUuid) - Number(a.uuid === lastHostUuid) ||
    a.vms - b.vms ||
    compare(a.uuid, b.uuid);

/** Why there is no host, in one sentence. */
export function noHost(total: number, { ruledOut }: Placed): Words {
  if (total === 0) return say('there is no host', '没有主机');
  const all = ruledOut.map(({ lacks, count }) => ({
    en: `${count} ${lacks.en}`,
    zh: `${count} 台${lacks.zh}`,
  }));
  return say(
    `no host of ${total} can take it: ${all.map(({ en }) => en).join('; ')}`,
    `${total} 台主机都不能容纳：${all.map(({ zh }) => zh).join('；')}`,
  );
}
