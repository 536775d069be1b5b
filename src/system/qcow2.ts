import { open } from 'node:fs/promises';
import { say, type Words } from '../api/words.ts';

const MAGIC = 0x51_46_49_fb;
/** Of the header, as far as it is read here. */
const HEADER = 104;
/** Incompatible features of version 3: the guest's data lies in another file. */
const DATA_FILE = 1n << 2n;

/**
 * What in a qcow2 file's head stands against it as an image of a stranger: it is none, or what it shows lies elsewhere.
 * Read here because the programs that read images open what such a head names.
 */
export async function strangeHead(path: string): Promise<Words | undefined> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER), 0, HEADER, 0);
    return problemIn(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** docs/interop/qcow2.txt of QEMU. */
function problemIn(head: Buffer): Words | undefined {
  if (head.length < 72 || head.readUInt32BE(0) !== MAGIC) return say('is no qcow2 image', '不是 qcow2 镜像');
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3)
    return say(`is qcow2 of version ${version}, which is not known`, `是未知的 qcow2 版本 ${version}`);
  if (head.readBigUInt64BE(8) !== 0n) return say('has a backing file', '含有后端文件');
  if (head.readUInt32BE(32) !== 0) return say('is encrypted', '已加密');
  if (version === 2) return undefined;
  if (head.length < HEADER) return say('is cut short', '不完整');
  return (head.readBigUInt64BE(72) & DATA_FILE) === 0n
    ? undefined
    : say('has a data file', '含有外部数据文件');
}
