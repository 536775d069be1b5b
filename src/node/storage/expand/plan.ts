import type { Plan, Step } from '../../../api/plan.ts';
import { say, type Words } from '../../../api/words.ts';

/** `id`: UUID of the file system that is made, by which everything of the expansion is known. */
interface OfExpansion extends Step {
  readonly id: string;
}

export interface RestHost extends OfExpansion {
  readonly type: 'expand.rest';
}

export interface FormatDisk extends OfExpansion {
  readonly type: 'expand.format';
  readonly device: string;
  /** Bytes. */
  readonly size: number;
  /** It holds something, which a person gave up by its name. */
  readonly erase: boolean;
}

export interface MountDisk extends OfExpansion {
  readonly type: 'expand.mount';
  readonly device: string;
}

export interface CopyFiles extends OfExpansion {
  readonly type: 'expand.copy';
  readonly path: string;
}

export interface ProveCopy extends OfExpansion {
  readonly type: 'expand.prove';
  readonly path: string;
  readonly device: string;
}

export interface MoveAside extends OfExpansion {
  readonly type: 'expand.aside';
  readonly path: string;
}

/** A disk that a storage has for itself. */
export interface OwnDisk {
  /** Of its file system. */
  uuid: string;
  /** Where it is mounted, in this order; the last is the storage's folder. */
  at: readonly string[];
  /** What mounts it so: its lines of fstab. */
  rows: readonly string[];
}

/** In place of moving aside, where the storage has a disk for itself: that one is unmounted. */
export interface LeaveDisk extends OfExpansion {
  readonly type: 'expand.leave';
  readonly path: string;
  readonly from: OwnDisk;
}

export interface BindDisk extends OfExpansion {
  readonly type: 'expand.bind';
  readonly path: string;
}

export interface KeepMounts extends OfExpansion {
  readonly type: 'expand.keep';
  readonly path: string;
  /** Whose lines go. */
  readonly from?: OwnDisk;
}

export interface ReconnectHost extends OfExpansion {
  readonly type: 'expand.reconnect';
  readonly storage: string;
  readonly path: string;
}

export type ExpansionStep =
  | RestHost
  | FormatDisk
  | MountDisk
  | CopyFiles
  | ProveCopy
  | MoveAside
  | LeaveDisk
  | BindDisk
  | KeepMounts
  | ReconnectHost;

export interface ExpansionWanted {
  id: string;
  storage: string;
  path: string;
  /** Bytes of the storage's file system. */
  total: number;
  disk: { device: string; size: number; holds: readonly Words[] };
  joined: boolean;
  /** What it lies on now, where that is a disk for itself. */
  own?: (OwnDisk & { device: string }) | undefined;
}

/** Nothing of what is there changes before the copy is proved. */
export function expansionPlan(wanted: ExpansionWanted): Plan<ExpansionStep> {
  const { id, storage, path, disk } = wanted;
  const { device, size, holds } = disk;
  const erase = holds.length > 0;
  const rest: RestHost = {
    ...{ type: 'expand.rest', id },
    words: say('putting this host into maintenance', '使本主机进入维护模式'),
  };
  return {
    title: say(`put ${path} onto ${device}`, `将 ${path} 迁移到 ${device}`),
    steps: [
      ...(wanted.joined ? [rest] : []),
      {
        ...{ type: 'expand.format', id, device, size, erase },
        words: erase
          ? say(`erasing ${device}, and making a file system on it`, `清除 ${device} 并创建文件系统`)
          : say(`making a file system on ${device}`, `在 ${device} 上创建文件系统`),
      },
      {
        ...{ type: 'expand.mount', id, device },
        words: say('mounting it elsewhere', '临时挂载'),
      },
      {
        ...{ type: 'expand.copy', id, path },
        words: say(`copying ${path}`, `复制 ${path}`),
      },
      {
        ...{ type: 'expand.prove', id, path, device },
        words: say('comparing all files, read from the disk again', '从磁盘重新读取并逐一比较所有文件'),
      },
      fromOld(wanted),
      {
        ...{ type: 'expand.bind', id, path },
        words: say(`putting the disk in the place of ${path}`, `以新磁盘替换 ${path}`),
      },
      keepNew(wanted),
      {
        ...{ type: 'expand.reconnect', id, storage, path },
        words: wanted.joined
          ? say(
              'ending the maintenance, and telling the cluster the new size',
              '结束维护，并向集群报告新容量',
            )
          : say('measuring it', '测量容量'),
      },
    ],
    warnings: warningsOf(wanted),
  };
}

function fromOld({ id, path, own }: ExpansionWanted): MoveAside | LeaveDisk {
  if (own === undefined)
    return {
      ...{ type: 'expand.aside', id, path },
      words: say('moving the old files beside it, where they stay', '旧文件移至旁边并保留'),
    };
  const { device, ...from } = own;
  return {
    ...{ type: 'expand.leave', id, path, from },
    words: say(
      `unmounting ${device}, on which all files stay as they are`,
      `卸载 ${device}，其中文件原样保留`,
    ),
  };
}

function keepNew({ id, path, own }: ExpansionWanted): KeepMounts {
  const keep = { type: 'expand.keep', id, path } as const;
  if (own === undefined)
    return { ...keep, words: say('writing both mounts into /etc/fstab', '将两处挂载写入 /etc/fstab') };
  const { device, ...from } = own;
  return {
    ...{ ...keep, from },
    words: say(
      `writing both mounts into /etc/fstab, in the place of ${device}`,
      `在 /etc/fstab 中以两处新挂载取代 ${device}`,
    ),
  };
}

const warningsOf = ({ disk: { device, size, holds }, total, own }: ExpansionWanted): Words[] => [
  ...holds.map(({ en, zh }) => say(`${device} holds ${en}: it is lost`, `${device} 上有${zh}：将丢失`)),
  ...(size < total
    ? [say(`${device} is smaller than what the storage is on now`, `${device} 小于该存储当前所在的文件系统`)]
    : []),
  ...(own === undefined
    ? []
    : [
        say(
          `${own.device} is no longer used then; its copy of the files stays until you erase it`,
          `之后不再使用 ${own.device}；其中的文件副本保留，直至您清除它`,
        ),
      ]),
  say(
    'no VM can be started here until it is done; it takes as long as copying and reading all files twice',
    '完成前本机不能启动云主机；耗时取决于复制并两次读取全部文件',
  ),
];
