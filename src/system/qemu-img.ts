import { Fault } from '../api/fault.ts';
import { same, say } from '../api/words.ts';
import { type Ran, run } from './exec.ts';

/** What `qemu-img info` tells of a file that it opened as one format, without looking at what else that names. */
export interface ImageInfo {
  /** Bytes that a guest sees, and bytes on the disk. */
  size: number;
  actualSize: number;
  /** As it stands in the file. */
  backing?: string;
}

const MINUTE = 60_000;
/** Exit code for clusters that nobody uses, which does no harm. */
const LEAKS = 3;
/** An image that makes its reader take more is a bomb: address space in bytes, seconds of processor time. */
const LIMITS = [`--as=${2 ** 30}`, '--cpu=30'];

/** Runs qemu-img on a file, within limits. Faults: `unavailable` (not installed), `timeout`. */
async function qemuImg(words: readonly string[], timeout = MINUTE): Promise<Ran> {
  const ran = await run(['prlimit', ...LIMITS, 'qemu-img', ...words], { timeout });
  if (ran.code === 127) throw missing();
  return ran;
}

/** As `qemuImg`; what it refuses is a `failed` fault with its words, without the path that it repeats. */
async function mustImg(words: readonly string[], path: string): Promise<string> {
  const ran = await qemuImg(words);
  if (ran.code !== 0) throw refused(ran, path);
  return ran.stdout;
}

function refused({ code, stdout, stderr }: Ran, path: string): Fault {
  const [first] = (stderr.trim() || stdout.trim() || `exit code ${code}`).split('\n');
  return new Fault('failed', same((first ?? '').replace(/^qemu-img: /, '').replaceAll(path, 'it')));
}

/** @param busy whether it may be in use by a guest; without, one that is in use is a `failed` fault */
export async function imageInfo(path: string, format: string, busy = true): Promise<ImageInfo> {
  const share = busy ? ['--force-share'] : [];
  const text = await mustImg(['info', ...share, '--output=json', '-f', format, path], path);
  const info = JSON.parse(text) as Record<string, unknown>;
  const backing = info['backing-filename'];
  return {
    size: Number(info['virtual-size']),
    actualSize: Number(info['actual-size']),
    ...(typeof backing === 'string' ? { backing } : {}),
  };
}

/** Reads all tables of a qcow2 file that nobody uses: what points beyond the file, or twice to one place, is a `failed` fault. */
export async function checkImage(path: string): Promise<void> {
  const ran = await qemuImg(['check', '-q', '-f', 'qcow2', path], 5 * MINUTE);
  if (![0, LEAKS].includes(ran.code)) throw refused(ran, path);
}

/** A new qcow2 file. @param size bytes */
export async function createQcow2(
  path: string,
  size: number,
  backing?: { path: string; format: string },
): Promise<void> {
  const on = backing === undefined ? [] : ['-b', backing.path, '-F', backing.format];
  await mustImg(['create', '-q', '-f', 'qcow2', ...on, path, String(size)], path);
}

const missing = (): Fault =>
  new Fault('unavailable', say('qemu-img is not installed', '未安装 qemu-img'), {
    next: say('install qemu-utils (Debian) or qemu-img (Enterprise Linux)', '请安装 qemu-utils 或 qemu-img'),
  });
