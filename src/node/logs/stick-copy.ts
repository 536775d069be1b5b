import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { mustRun } from '../../system/exec.ts';
import { diskTrouble, syncFolder } from '../../system/files.ts';
import type { StickNews } from './stick.ts';

/**
 * The program that copies one file onto a stick: DEVICE TYPE FILE MOUNTPOINT, in a mount namespace of its own. It
 * mounts, copies, syncs, unmounts, then reads the stick itself once more: what is shown as done is on it.
 */

const [, , device = '', type = '', file = '', mountPoint = ''] = process.argv;
const BLOCK = 1024 * 1024;
const MOUNT_MILLISECONDS = 60_000;
/** A slow stick takes long to write what the kernel has kept for it. */
const UNMOUNT_MILLISECONDS = 1_800_000;
const TELL_BYTES = 16 * BLOCK;
const PARTIAL = /^collect-log-.*\.partial$/;
const LARGEST_ON_VFAT = 2 ** 32 - 1;
const OPTIONS = 'nosuid,nodev,noexec';

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

const tell = (news: StickNews): void => void process.stdout.write(`${JSON.stringify(news)}\n`);

async function work(): Promise<void> {
  const name = basename(file);
  const sum = await mounted('rw', () => copied(name));
  const found = await mounted('ro', () => sumOf(join(mountPoint, name), (checked) => tell({ checked })));
  if (found !== sum)
    throw new Fault('failed', say('the stick does not give back what was written', '读回内容与写入不一致'));
}

async function mounted<T>(mode: 'rw' | 'ro', use: () => Promise<T>): Promise<T> {
  const argv = ['mount', '-t', type, '-o', `${OPTIONS},${mode}`, '--', device, mountPoint];
  await mustRun(argv, { timeout: MOUNT_MILLISECONDS });
  try {
    return await use();
  } finally {
    await mustRun(['umount', '--', mountPoint], { timeout: UNMOUNT_MILLISECONDS });
  }
}

/** Answers the sum of what was written. What does not become whole is removed. */
async function copied(name: string): Promise<string> {
  const { size } = await stat(file);
  const draft = join(mountPoint, `${name}.partial`);
  for (const left of await readdir(mountPoint)) if (PARTIAL.test(left)) await rm(join(mountPoint, left));
  await roomFor(size);
  try {
    const sum = await write(draft);
    await rename(draft, join(mountPoint, name));
    await syncFolder(mountPoint);
    return sum;
  } catch (thrown) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw thrown;
  }
}

async function roomFor(size: number): Promise<void> {
  if (type === 'vfat' && size > LARGEST_ON_VFAT) {
    throw new Fault('conflict', say('FAT takes no file of 4 GB or more', 'FAT 不支持 4 GB 以上的文件'), {
      next: say('use a stick with exFAT or ext4', '请使用 exFAT 或 ext4 的 U 盘'),
    });
  }
  const { bavail, bsize } = await statfs(mountPoint);
  const free = bavail * bsize;
  if (free >= size) return;
  const [wanted, there] = [size, free].map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`);
  throw new Fault(
    'conflict',
    say(`the stick is full: ${wanted} wanted, ${there} free`, `U 盘空间不足：需要 ${wanted}，可用 ${there}`),
  );
}

async function write(draft: string): Promise<string> {
  const hash = createHash('sha256');
  const source = createReadStream(file, { highWaterMark: BLOCK });
  const sink = createWriteStream(draft, { flags: 'wx', mode: 0o644, flush: true, highWaterMark: BLOCK });
  await pipeline(
    source,
    watched(hash, (copied) => tell({ copied })),
    sink,
    { signal: stop.signal },
  );
  return hash.digest('hex');
}

async function sumOf(path: string, told: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  const source = createReadStream(path, { highWaterMark: BLOCK });
  await pipeline(source, watched(hash, told).resume(), { signal: stop.signal });
  return hash.digest('hex');
}

function watched(hash: ReturnType<typeof createHash>, told: (bytes: number) => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      if (Math.floor(bytes / TELL_BYTES) < Math.floor((bytes + chunk.length) / TELL_BYTES)) told(bytes);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
}

function faultOf(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const code = (thrown as NodeJS.ErrnoException).code;
  const why =
    code === 'ENOSPC' ? 'it is full' : code === 'EROFS' ? 'it is write-protected' : diskTrouble(thrown);
  return new Fault('failed', say(`the stick cannot be written: ${why}`, `无法写入 U 盘：${why}`));
}

work().then(
  () => tell({ done: true }),
  (thrown) => {
    tell({ fault: faultOf(thrown).toRecord() });
    process.exitCode = 1;
  },
);
