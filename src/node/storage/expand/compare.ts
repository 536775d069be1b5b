import type { BigIntStats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import { attributesOf, readAttribute } from '../../../system/posix.ts';

const CHUNK = 1024 * 1024;

/** What was compared. */
export interface Compared {
  files: number;
  bytes: number;
}

interface Comparing {
  signal: AbortSignal;
  /** Told how many bytes were compared so far; absent: what is in the files is not compared. */
  bytes?: (sum: number) => void;
}

/**
 * Compares two trees: kind, mode, owner, time of the last change, hard links, extended attributes, and every byte.
 * Throws `failed` that names the first difference; the signal's reason.
 */
export async function compareTrees(
  one: string,
  other: string,
  { signal, bytes: told }: Comparing,
): Promise<Compared> {
  const sum: Compared = { files: 0, bytes: 0 };
  /** The first path of each file that has several names, by its number. */
  const names = { one: new Map<bigint, string>(), other: new Map<bigint, string>() };
  const walk = async (path: string): Promise<void> => {
    signal.throwIfAborted();
    const [a, b] = [join(one, path), join(other, path)];
    const [had, has] = await Promise.all([stat(a), stat(b)]);
    const shape = difference(had, has) ?? linksDiffer(names, path, had, has) ?? attributesDiffer(a, b);
    if (shape !== undefined) throw differs(a, shape);
    if (had.isSymbolicLink() && (await readlink(a)) !== (await readlink(b)))
      throw differs(a, say('its target', '链接目标'));
    if (had.isFile()) {
      sum.files += 1;
      if (told !== undefined)
        await sameBytes(a, b, signal, (bytes) => {
          sum.bytes += bytes;
          told(sum.bytes);
        });
    }
    if (!had.isDirectory()) return;
    const [inOne, inOther] = await Promise.all([sorted(a), sorted(b)]);
    if (inOne.join('\0') !== inOther.join('\0')) throw differs(a, say('the files in it', '其中的文件'));
    for (const name of inOne) await walk(join(path, name));
  };
  await walk('');
  return sum;
}

const stat = (path: string): Promise<BigIntStats> => lstat(path, { bigint: true });

const sorted = async (path: string): Promise<string[]> => (await readdir(path)).sort();

function difference(a: BigIntStats, b: BigIntStats): Words | undefined {
  if (a.mode !== b.mode) return say('its kind or mode', '类型或权限');
  if (a.uid !== b.uid || a.gid !== b.gid) return say('its owner', '属主');
  if (a.mtimeNs !== b.mtimeNs) return say('when it was changed', '修改时间');
  if (a.rdev !== b.rdev) return say('its device', '设备号');
  return a.isFile() && a.size !== b.size ? say('its size', '大小') : undefined;
}

function linksDiffer(
  { one, other }: { one: Map<bigint, string>; other: Map<bigint, string> },
  path: string,
  a: BigIntStats,
  b: BigIntStats,
): Words | undefined {
  if (a.isDirectory()) return undefined;
  if (!one.has(a.ino)) one.set(a.ino, path);
  if (!other.has(b.ino)) other.set(b.ino, path);
  return one.get(a.ino) === other.get(b.ino) ? undefined : say('its hard links', '硬链接');
}

function attributesDiffer(a: string, b: string): Words | undefined {
  const names = attributesOf(a);
  if (names.join() !== attributesOf(b).join()) return say('its extended attributes', '扩展属性');
  const other = names.find(
    (name) => Buffer.compare(readAttribute(a, name) ?? NO_BYTES, readAttribute(b, name) ?? NO_BYTES) !== 0,
  );
  return other === undefined ? undefined : say(`its attribute ${other}`, `属性 ${other}`);
}
const NO_BYTES = Buffer.alloc(0);

async function sameBytes(
  a: string,
  b: string,
  signal: AbortSignal,
  told: (bytes: number) => void,
): Promise<void> {
  await using one = await open(a, 'r');
  await using other = await open(b, 'r');
  const [bufferOne, bufferOther] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)];
  for (let at = 0; ; at += CHUNK) {
    signal.throwIfAborted();
    const [x, y] = await Promise.all([chunk(one, bufferOne, at), chunk(other, bufferOther, at)]);
    if (!x.equals(y)) throw differs(a, say(`what is in it, after ${at} bytes`, `第 ${at} 字节之后的内容`));
    told(x.length);
    if (x.length < CHUNK) return;
  }
}

/** As much as there is: a read may answer less than it was asked for. */
async function chunk(handle: FileHandle, buffer: Buffer, at: number): Promise<Buffer> {
  let length = 0;
  while (length < CHUNK) {
    const { bytesRead } = await handle.read(buffer, length, CHUNK - length, at + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

const differs = (path: string, what: Words): Fault =>
  new Fault(
    'failed',
    say(`the copy of ${path} is not the same: ${what.en}`, `${path} 的副本不一致：${what.zh}`),
  );
