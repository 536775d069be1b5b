import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import { codeOf } from '../../../system/errno.ts';
import { mustRun, run } from '../../../system/exec.ts';

const PROBE_MILLISECONDS = 30_000;
const EDGE = 1024 * 1024;

interface Signature {
  type: string;
  label?: string | null;
}

/** What is on a disk or partition, as wipefs(8) and its first and last bytes tell; empty: nothing. */
export async function contentsOf(device: string, size: number): Promise<Words[]> {
  const text = await mustRun(['wipefs', '--json', device], { timeout: PROBE_MILLISECONDS });
  const found: Signature[] = text.trim() === '' ? [] : (JSON.parse(text).signatures ?? []);
  const told = [...new Set(found.map(({ type, label }) => (label ? `${type} "${label}"` : type)))];
  if (told.length > 0) return told.map((name) => say(name, ` ${name}`));
  return (await isBlank(device, size)) ? [] : [say('data of an unknown kind', '未知类型的数据')];
}

async function isBlank(device: string, size: number): Promise<boolean> {
  const handle = await open(device, 'r');
  try {
    for (const at of [0, Math.max(0, size - EDGE)]) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(EDGE), 0, EDGE, at);
      if (buffer.subarray(0, bytesRead).some((byte) => byte !== 0)) return false;
    }
    return true;
  } finally {
    await handle.close();
  }
}

/** Whether somebody has a disk, or a part of it, for themselves: a file system, RAID, LVM, ZFS, multipath, swap. */
export async function isClaimed(device: string): Promise<boolean> {
  try {
    await (await open(device, constants.O_RDONLY | constants.O_EXCL)).close();
    return false;
  } catch (thrown) {
    if (codeOf(thrown) === 'EBUSY') return true;
    throw thrown;
  }
}

/** By which names fstab may know a disk or partition. */
export async function namesOf(device: string): Promise<string[]> {
  const { stdout } = await run(['blkid', '-p', '-o', 'export', device], { timeout: PROBE_MILLISECONDS });
  const rows = stdout.split('\n').map((row) => row.replace(/\\(.)/g, '$1'));
  const tag = (from: string, to: string) =>
    rows.filter((row) => row.startsWith(`${from}=`)).map((row) => `${to}=${row.slice(from.length + 1)}`);
  return [
    device,
    ...tag('UUID', 'UUID'),
    ...tag('LABEL', 'LABEL'),
    ...tag('PART_ENTRY_UUID', 'PARTUUID'),
    ...tag('PART_ENTRY_NAME', 'PARTLABEL'),
  ];
}

/** UUID of the file system on a disk; undefined where there is none. */
export async function fileSystemOn(device: string): Promise<string | undefined> {
  const argv = ['blkid', '-p', '-s', 'UUID', '-o', 'value', device];
  const { stdout } = await run(argv, { timeout: PROBE_MILLISECONDS });
  return stdout.trim() || undefined;
}

/** The disk that has a file system of that UUID; undefined where none has. Names of disks change from start to start. */
export const diskWith = async (uuid: string): Promise<string | undefined> => (await disksWith(uuid))[0];

/** All of them: one that was copied as a whole has the same. */
export async function disksWith(uuid: string): Promise<string[]> {
  const argv = ['blkid', '-c', '/dev/null', '-t', `UUID=${uuid}`, '-o', 'device'];
  const { stdout, code, stderr } = await run(argv, { timeout: 4 * PROBE_MILLISECONDS });
  // 2: nothing was found.
  if (code !== 0 && code !== 2) throw new Fault('failed', say(`blkid: ${stderr}`, `blkid：${stderr}`));
  return stdout.trim().split('\n').filter(Boolean);
}

/** Makes a disk one that holds nothing: its edges, the beginning last, by which its file system is known. Throws where it is in use. */
export async function makeBlank(device: string): Promise<void> {
  const handle = await open(device, constants.O_RDWR | constants.O_EXCL);
  try {
    const size = Number(await mustRun(['blockdev', '--getsize64', device], { timeout: PROBE_MILLISECONDS }));
    for (const at of [Math.max(0, size - EDGE), 0]) {
      await handle.write(Buffer.alloc(EDGE), 0, EDGE, at);
      await handle.sync();
    }
  } finally {
    await handle.close();
  }
}
