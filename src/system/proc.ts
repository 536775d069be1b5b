import { readFileSync } from 'node:fs';

/** Reads one small file of /proc or /sys. These never wait for a device, so they are read at once. */
export type ReadText = (path: string) => string;

export const readText: ReadText = (path) => readFileSync(path, 'utf8');

/** Jiffies since boot, as the first line of /proc/stat counts them. */
export interface CpuTimes {
  busy: number;
  total: number;
}

/** The sum over all processors. Waiting for disks counts as idle; guest time is part of user time already. */
export function parseCpuTimes(stat: string): CpuTimes {
  const fields = /^cpu +(.+)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields;
  if (fields.length < 4) throw new Error('/proc/stat has no line "cpu"');
  const busy = user + nice + system + irq + softirq + steal;
  return { busy, total: busy + idle + iowait };
}

/** Share (0-1) of time not idle between two readings; undefined when no time went by. */
export function cpuShare(before: CpuTimes, after: CpuTimes): number | undefined {
  const total = after.total - before.total;
  if (total <= 0) return undefined;
  return Math.min(1, Math.max(0, (after.busy - before.busy) / total));
}

/** Wall time of the boot, in milliseconds since 1970. */
export function parseBootTime(stat: string): number {
  const seconds = /^btime (\d+)$/m.exec(stat)?.[1];
  if (seconds === undefined) throw new Error('/proc/stat has no line "btime"');
  return Number(seconds) * 1000;
}

/** Bytes. Used is what is not available to a new program, as the kernel reckons it (MemAvailable). */
export function parseMemory(meminfo: string): { total: number; used: number } {
  const total = kibibytes(meminfo, 'MemTotal');
  return { total, used: total - kibibytes(meminfo, 'MemAvailable') };
}

function kibibytes(meminfo: string, key: string): number {
  const value = new RegExp(`^${key}: +(\\d+) kB$`, 'm').exec(meminfo)?.[1];
  if (value === undefined) throw new Error(`/proc/meminfo has no line "${key}"`);
  return Number(value) * 1024;
}

/** Load averages over 1, 5 and 15 minutes. */
export function parseLoad(loadavg: string): [number, number, number] {
  const [one, five, fifteen] = loadavg.split(' ').map(Number);
  if (one === undefined || five === undefined || fifteen === undefined || Number.isNaN(one + five + fifteen))
    throw new Error('/proc/loadavg is not understood');
  return [one, five, fifteen];
}

/** One line of /proc/PID/mountinfo. */
export interface Mount {
  mountPoint: string;
  /** Which folder of its file system is mounted: `/` is all of it. */
  root: string;
  /** Of its device, as `8:1`. */
  numbers: string;
  type: string;
  source: string;
  /** Either the mount or its file system is read-only. */
  readOnly: boolean;
}

/** Mounts in the kernel's order: a later one hides an earlier one at the same place. */
export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo.split('\n').filter(Boolean).map(parseMount);
}

/** What this process sees mounted. */
export const mountsNow = (): Mount[] => parseMounts(readText('/proc/self/mountinfo'));

function parseMount(line: string): Mount {
  const [before = '', after = ''] = line.split(' - ');
  const [, , numbers = '', root = '', mountPoint = '', options = ''] = before.split(' ');
  const [type = '', source = '', superOptions = ''] = after.split(' ');
  const readOnly = [options, superOptions].some((list) => list.split(',').includes('ro'));
  return {
    ...{ mountPoint: unescaped(mountPoint), root: unescaped(root), numbers },
    ...{ type, source: unescaped(source), readOnly },
  };
}

/** The kernel writes space, tab, newline and backslash as \040, \011, \012 and \134; so does fstab. */
export const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** The mount that holds a path: the longest mount point above it, the latest of equals. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of mounts)
    if (isBelow(path, mount.mountPoint) && mount.mountPoint.length >= (best?.mountPoint.length ?? 0))
      best = mount;
  return best;
}

/** Whether a path is a folder or lies in it. */
export const isBelow = (path: string, folder: string): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder}/`);
