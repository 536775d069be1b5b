import { open } from 'node:fs/promises';
import { say, type Words } from '../../api/words.ts';

/** How files begin that people give for a disk by mistake. */
const PACKED: readonly [name: string, head: string][] = [
  ['gzip', '1f8b08'],
  ['xz', 'fd377a585a00'],
  ['bzip2', '425a68'],
  ['zstd', '28b52ffd'],
  ['zip', '504b0304'],
  ['7z', '377abcaf271c'],
];
const OTHER_DISKS: readonly [name: string, at: number, head: string][] = [
  ['VMDK', 0, '4b444d56'],
  ['VMDK', 0, Buffer.from('# Disk DescriptorFile').toString('hex')],
  ['VHDX', 0, Buffer.from('vhdxfile').toString('hex')],
  ['VHD', 0, Buffer.from('conectix').toString('hex')],
  ['VDI', 0x40, '7f10dabe'],
];
const QCOW2 = '514649fb';
const HEAD_BYTES = 512;

/**
 * What a file is instead of an image of that format, where its first bytes tell: packed, a disk of another kind, or a
 * page that a server sent in its place. A guest would find no disk in it.
 */
export async function otherKind(path: string, format: string): Promise<Words | undefined> {
  const head = await headOf(path);
  const begins = (hex: string, at = 0) => head.subarray(at, at + hex.length / 2).toString('hex') === hex;
  const packed = PACKED.find(([, hex]) => begins(hex));
  if (packed !== undefined)
    return say(`is packed by ${packed[0]}: unpack it first`, `由 ${packed[0]} 压缩：请先解压`);
  const disk = OTHER_DISKS.find(([, at, hex]) => begins(hex, at));
  if (disk !== undefined)
    return say(
      `is a ${disk[0]}: make it one by qemu-img convert -O qcow2`,
      `为 ${disk[0]} 格式：请用 qemu-img convert -O qcow2 转换`,
    );
  if (format !== 'qcow2' && begins(QCOW2))
    return say('is a qcow2: give that format', '为 qcow2：请指定该格式');
  return /^\s*<(!doctype html|html)\b/i.test(head.toString('latin1'))
    ? say('is a web page: look what the address answers', '是网页：请检查该地址返回的内容')
    : undefined;
}

async function headOf(path: string): Promise<Buffer> {
  await using handle = await open(path);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}
