import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { say, type Words } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import type { Stick } from './schema.ts';

const SECTOR = 512;
const PROBE_MILLISECONDS = 15_000;
/** File systems of sticks that the kernel of a server can write. */
const WRITABLE = ['vfat', 'exfat', 'ntfs3', 'ext4', 'ext3', 'ext2', 'xfs'];
/** Drives of discs and floppies are removable as well. */
const DRIVES = /^(sr|fd)\d/;

/** File systems on removable or USB disks, as the kernel tells them. @param sys for tests */
export async function findSticks(sys = '/sys/block'): Promise<Stick[]> {
  const mounted = await mountedNumbers();
  const disks = (await readdir(sys).catch(() => [])).filter((name) => !DRIVES.test(name)).sort();
  const found = await Promise.all(disks.map((name) => sticksOn(join(sys, name), name, mounted)));
  return found.flat();
}

/** A disk without partitions may be one file system as a whole. */
async function sticksOn(path: string, name: string, mounted: Map<string, string>): Promise<Stick[]> {
  if (!(await isStick(path))) return [];
  const model = [await line(path, 'device/vendor'), await line(path, 'device/model')].join(' ').trim();
  const parts = (await readdir(path)).filter((part) => part.startsWith(name)).sort();
  const places =
    parts.length === 0 ? [{ path, name }] : parts.map((part) => ({ path: join(path, part), name: part }));
  const sticks = places.map(async (place) => {
    const size = Number(await line(place.path, 'size')) * SECTOR;
    const where = mounted.get(await line(place.path, 'dev'));
    return size === 0 ? undefined : stickAt(`/dev/${place.name}`, model, size, where);
  });
  return (await Promise.all(sticks)).filter((stick) => stick !== undefined);
}

async function isStick(path: string): Promise<boolean> {
  if ((await line(path, 'removable')) === '1') return true;
  return /\/usb\d+\//.test(await realpath(path));
}

async function stickAt(
  device: string,
  model: string,
  size: number,
  where: string | undefined,
): Promise<Stick> {
  const probed = await run(['blkid', '-p', '-o', 'export', device], { timeout: PROBE_MILLISECONDS });
  const told = new Map(probed.stdout.split('\n').map((row) => row.split('=', 2) as [string, string]));
  const [type, label] = [told.get('TYPE'), told.get('LABEL')];
  const problem =
    where === undefined ? problemOf(type) : say(`in use: mounted at ${where}`, `使用中：挂载于 ${where}`);
  return {
    device,
    model,
    size,
    ...(type === undefined ? {} : { type }),
    ...(label === undefined ? {} : { label }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function problemOf(type: string | undefined): Words | undefined {
  if (type === undefined) return say('no file system', '没有文件系统');
  return WRITABLE.includes(type) ? undefined : say(`${type} cannot be written here`, `无法写入 ${type}`);
}

/** Where file systems are mounted, by the device's numbers. */
async function mountedNumbers(): Promise<Map<string, string>> {
  const rows = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((row) => row.split(' '));
  return new Map(rows.map(([, , numbers = '', , where = '']) => [numbers, where]));
}

const line = async (folder: string, file: string): Promise<string> =>
  (await readFile(join(folder, file), 'utf8').catch(() => '')).trim();
