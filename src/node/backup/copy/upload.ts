import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import type { Sftp } from '../../../system/sftp.ts';
import { oldOnes, ownNames } from '../files.ts';
import { troubleThere } from './set-up.ts';

/** A backup that is whole and is to be copied. */
export interface Copied {
  path: string;
  /** What its name begins with. */
  name: string;
  /** How many are kept there. */
  keep: number;
}

export interface CopyRun {
  signal: AbortSignal;
  progress(words: Words, fraction?: number): void;
}

/**
 * Copies a backup into a folder there: under another name first, and by its own once it is whole. Then all but the
 * newest are removed, this one never. Names that are not a backup's are left alone.
 */
export async function upload(
  sftp: Sftp,
  folder: string,
  { path, name, keep }: Copied,
  progress: CopyRun['progress'],
): Promise<{ path: string; removed: string[] }> {
  const file = basename(path);
  const target = `${folder}/${file}`;
  const { size } = await stat(path);
  await removeParts(sftp, folder, name);
  const short = await troubleThere(sftp, folder, size);
  if (short !== undefined) throw new Fault('failed', short);
  await put(sftp, path, target, size, (bytes) => {
    const words = say(`copying: ${megabytes(bytes)} MB`, `正在复制：${megabytes(bytes)} MB`);
    progress(words, bytes / Math.max(size, 1));
  });
  const removed = oldOnes(ownNames(await sftp.names(folder), name), keep, [file]);
  for (const one of removed) await sftp.remove(`${folder}/${one}`).catch(notRemoved);
  return { path: target, removed };
}

function notRemoved(thrown: unknown): never {
  const { kind, words } = Fault.from(thrown);
  throw new Fault(
    kind,
    say(
      `it is there, but old ones cannot be removed: ${words.en}`,
      `副本已在，但无法删除旧副本：${words.zh}`,
    ),
    { cause: thrown },
  );
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

const PART = '.part';

/** What an upload that was cut off left behind. */
async function removeParts(sftp: Sftp, folder: string, name: string): Promise<void> {
  const parts = (await sftp.names(folder)).filter((one) => one.endsWith(PART));
  const whole = parts.map((one) => one.slice(0, -PART.length));
  for (const one of ownNames(whole, name)) await sftp.remove(`${folder}/${one}${PART}`);
}

async function put(
  sftp: Sftp,
  path: string,
  target: string,
  size: number,
  progress: (bytes: number) => void,
): Promise<void> {
  const part = `${target}${PART}`;
  try {
    await sftp.upload(path, part, progress);
    const there = await sftp.entry(part);
    if (there?.size !== size) throw cutShort(there?.size ?? 0, size);
    await sftp.flush(part);
    await sftp.rename(part, target);
  } catch (thrown) {
    const fault = Fault.from(thrown);
    const why =
      fault.kind === 'failed'
        ? await troubleThere(sftp, target.slice(0, target.lastIndexOf('/')), size)
        : undefined;
    await sftp.remove(part).catch(() => undefined);
    throw why === undefined ? fault : new Fault('failed', why, { cause: thrown });
  }
}

const cutShort = (there: number, size: number): Fault =>
  new Fault('failed', say(`of ${size} bytes ${there} are there`, `共 ${size} 字节，对方只有 ${there} 字节`));
