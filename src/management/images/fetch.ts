import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { writeWhole } from '../../system/files.ts';
import type { Part } from './source.ts';

/** Connections that bring nothing before it is given up, and the wait before the next one. */
const TRIES = 5;
const WAIT_MILLISECONDS = 2_000;
/** Bytes until what is there lasts over a power cut. */
const SYNC_BYTES = 64 * 1024 * 1024;

export interface Sums {
  readonly bytes: number;
  readonly sha256: string;
  readonly md5: string;
}

interface Fetching {
  /** The file that it grows in; its version stands beside it. */
  readonly path: string;
  open(from: number, version: string | undefined): Promise<Part>;
  readonly signal: AbortSignal;
}

const versionFile = (path: string): string => `${path}.version`;

/** Fetches a file, going on where it broke off, also before the service was killed; answers its sums. */
export async function fetchFile(fetching: Fetching): Promise<Sums> {
  const handle = await open(fetching.path, 'a', 0o600);
  try {
    for (let left = TRIES; ; left--) {
      const before = (await handle.stat()).size;
      const broken = await oneConnection(fetching, handle);
      if (broken === undefined) break;
      if ((await handle.stat()).size > before) left = TRIES;
      if (left <= 1 || broken.kind !== 'unavailable') throw broken;
      await sleep(WAIT_MILLISECONDS, undefined, { signal: fetching.signal });
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rm(versionFile(fetching.path), { force: true });
  return sumsOf(fetching.path, fetching.signal);
}

/** Takes what one connection brings; answers why that was not all. */
async function oneConnection(
  { path, open: connect, signal }: Fetching,
  handle: FileHandle,
): Promise<Fault | undefined> {
  try {
    const { size } = await handle.stat();
    const version = await readFile(versionFile(path), 'utf8').catch(() => undefined);
    const part = await connect(version === undefined ? 0 : size, version);
    if (part.from === 0) await handle.truncate(0);
    else if (part.from !== size) throw notIt();
    if (part.version !== undefined) await writeWhole(versionFile(path), part.version);
    const end = await append(part, handle);
    if (part.total !== undefined && end < part.total) throw cutOff(end, part.total);
    return undefined;
  } catch (thrown) {
    signal.throwIfAborted();
    return asFault(thrown);
  }
}

async function append({ bytes, from }: Part, handle: FileHandle): Promise<number> {
  let [size, synced] = [from, from];
  for await (const chunk of bytes) {
    await handle.writeFile(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size - synced < SYNC_BYTES) continue;
    synced = size;
    await handle.datasync();
  }
  return size;
}

/** What a connection ends with is told by codes that mean nothing to people. */
function asFault(thrown: unknown): Fault {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Fault('failed', say('the disk is full', '磁盘已满'));
  if (thrown instanceof Fault) return thrown;
  return new Fault(
    'unavailable',
    say(`the connection broke off: ${code ?? 'no reason told'}`, `连接中断：${code ?? '原因未知'}`),
  );
}

const cutOff = (size: number, total: number): Fault =>
  new Fault(
    'unavailable',
    say(`it ended after ${size} of ${total} bytes`, `在 ${size} / ${total} 字节处中断`),
  );

const notIt = (): Fault =>
  new Fault('unavailable', say('the server sends another part', '服务器发送了其他部分'));

export async function sumsOf(path: string, signal: AbortSignal): Promise<Sums> {
  const [sha256, md5]: [Hash, Hash] = [createHash('sha256'), createHash('md5')];
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20, signal })) {
    sha256.update(chunk as Buffer);
    md5.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}
