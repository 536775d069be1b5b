import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { strangeHead } from '../../system/qcow2.ts';
import { checkImage, imageInfo } from '../../system/qemu-img.ts';
import { otherKind } from './kind.ts';

/** What QEMU calls it: an ISO is raw. */
const FORMATS: Readonly<Record<string, string>> = { iso: 'raw' };

/** Bytes that a guest may see: more is a bomb, or a mistake. */
const MOST = 16 * 2 ** 40;

/**
 * Bytes that a guest sees of an image's file. Throws `conflict` for what is no good image of its format: cut short, with
 * a backing or a data file, encrypted, packed, of another kind, or larger inside than any disk.
 */
export async function examined(path: string, format: string): Promise<number> {
  const strange =
    (await otherKind(path, format)) ?? (format === 'qcow2' ? await strangeHead(path) : undefined);
  if (strange !== undefined) throw not(strange);
  const { size } = await imageInfo(path, FORMATS[format] ?? format, false).catch(badly);
  if (format === 'qcow2') await checkImage(path).catch(badly);
  if (size === 0) throw not(say('is empty', '为空'));
  if (size > MOST) throw not(say(`shows a guest ${size} bytes`, `对云主机呈现 ${size} 字节`));
  return size;
}

const not = (words: Words): Fault => new Fault('conflict', say(`the file ${words.en}`, `文件${words.zh}`));

function badly(thrown: unknown): never {
  const { kind, words } = Fault.from(thrown);
  if (kind !== 'failed' && kind !== 'timeout') throw thrown;
  throw not(say(`cannot be read: ${words.en}`, `无法读取：${words.zh}`));
}
