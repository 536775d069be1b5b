import { readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { say, type Words } from '../../../api/words.ts';
import { type Mount, mountsNow } from '../../../system/proc.ts';
import { fstabEntries, isKept, linesOf } from './fstab.ts';
import { type Places, placesOf } from './places.ts';
import type { OwnDisk } from './plan.ts';
import { disksWith, fileSystemOn, namesOf } from './probe.ts';
import { otherUnit } from './units.ts';

/** How a storage lies: in a folder of some disk, on a disk that it has for itself, or as it must stay. */
export interface Lying {
  own?: OwnDisk & { device: string };
  /** Why it cannot be put onto another disk. */
  problem?: Words;
}

/** Whose every mount is made by a plain line of fstab, and unmade, without a loss. */
const TYPES = ['xfs', 'ext4'];
/** What a mount is without options, and what its new lines have too. */
const PLAIN = ['defaults', 'rw', 'suid', 'dev', 'exec', 'auto', 'nouser', 'async', 'relatime', 'nofail'];

/** Looks at mounts, devices, fstab and systemd: only what is understood as a whole may be changed for another. */
export async function lyingOf(places: Places, path: string): Promise<Lying> {
  const mounts = mountsNow();
  const within = mounts.find(({ mountPoint }) => mountPoint.startsWith(`${path}/`))?.mountPoint;
  if (within !== undefined) return no(`${within} is mounted in it`, `其中挂载了 ${within}`);
  const [there, over] = mounts.filter(({ mountPoint }) => mountPoint === path);
  if (there === undefined) return {};
  if (over !== undefined) return no('several mounts lie over each other there', '该目录上叠放了多个挂载');
  return ownDisk(places, path, there, mounts);
}

async function ownDisk(places: Places, path: string, there: Mount, mounts: readonly Mount[]): Promise<Lying> {
  const { type, source, numbers } = there;
  if (!TYPES.includes(type))
    return no(
      `${type} is mounted there (${source}): only a disk with XFS or ext4 can be changed for another`,
      `该处挂载的是 ${type}（${source}）：仅 XFS 或 ext4 磁盘可更换`,
    );
  if (there.readOnly) return no(`${source} is mounted read-only`, `${source} 以只读方式挂载`);
  const disk = await realpath(join('/sys/dev/block', numbers)).catch(() => undefined);
  if (disk === undefined) return no(`the disk of ${source} is not found`, `找不到 ${source} 的磁盘`);
  const below = await readdir(join(disk, 'slaves')).catch(() => []);
  if (below.length > 0)
    return no(
      `${source} is LVM, RAID or encrypted (on ${below.join(', ')})`,
      `${source} 为 LVM、RAID 或加密卷（位于 ${below.join('、')}）`,
    );
  const device = `/dev/${basename(disk).replaceAll('!', '/')}`;
  const uuid = await fileSystemOn(device);
  if (uuid === undefined) return no(`${device} has no UUID`, `${device} 没有 UUID`);
  const same = (await disksWith(uuid)).find((each) => each !== device);
  if (same !== undefined)
    return no(`${same} has the same UUID as ${device}`, `${same} 与 ${device} 的 UUID 相同`);
  const found = await keptAs(places, path, { there, uuid, device });
  if ('problem' in found) return found;
  return (await sharing(found, there, mounts)) ?? { own: { ...found, device } };
}

interface Found {
  there: Mount;
  uuid: string;
  device: string;
}

/** By which lines of fstab it is mounted: those of an expansion, or one of the installer's. */
async function keptAs(
  places: Places,
  path: string,
  { there, uuid, device }: Found,
): Promise<OwnDisk | { problem: Words }> {
  const entries = (await fstabEntries(places)).filter(({ at }) => at === path);
  const [entry, second] = entries;
  if (entry === undefined) return no('no line of /etc/fstab mounts it', '/etc/fstab 中没有挂载它的行');
  if (second !== undefined) return no('several lines of /etc/fstab mount it', '/etc/fstab 中有多行挂载它');
  const ours = placesOf(places, path, uuid);
  const whole = (await isKept(places, path, uuid)) ? `/${basename(ours.files)}` : '/';
  if (there.root !== whole)
    return no(`only ${there.root} of ${device} is mounted there`, `仅挂载了 ${device} 的 ${there.root}`);
  if (whole !== '/') return { uuid, at: [ours.mount, path], rows: linesOf(places, path, uuid) };
  const { source, type, options, row } = entry;
  const name = source.replaceAll('"', '');
  const known = name.startsWith('/') ? await realpath(name).catch(() => name) : name;
  if (!(await namesOf(device)).includes(known) || type !== there.type)
    return no(
      `its line in /etc/fstab is not that of ${device}: ${name} ${type}`,
      `/etc/fstab 中的行并非 ${device}：${name} ${type}`,
    );
  const lost = options.filter((option) => !PLAIN.includes(option));
  if (lost.length > 0)
    return no(
      `its line in /etc/fstab has what would be lost: ${lost.join(',')}`,
      `/etc/fstab 中的选项会丢失：${lost.join(',')}`,
    );
  return { uuid, at: [path], rows: [row] };
}

/** Who else has to do with its mounts. */
async function sharing(
  { at }: OwnDisk,
  { numbers, source }: Mount,
  mounts: readonly Mount[],
): Promise<Lying | undefined> {
  const all = mounts.filter((mount) => mount.numbers === numbers).map(({ mountPoint }) => mountPoint);
  const more = all.find((each) => !at.includes(each));
  if (more !== undefined) return no(`${source} is mounted at ${more} too`, `${source} 也挂载于 ${more}`);
  const away = at.find((each) => !all.includes(each));
  if (away !== undefined) return no(`${source} is not mounted at ${away}`, `${source} 未挂载于 ${away}`);
  for (const each of at) {
    const unit = await otherUnit(each);
    if (unit !== undefined)
      return no(`a unit of systemd's mounts it too: ${unit}`, `另有 systemd 单元负责挂载：${unit}`);
  }
  return undefined;
}

const no = (en: string, zh: string): { problem: Words } => ({ problem: say(en, zh) });
