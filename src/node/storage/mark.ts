import { run } from '../../system/exec.ts';

const MILLISECONDS = 10_000;

/** Where the file system has such a mark, nobody writes into the empty folder while the disk is away. */
export const mark = (sign: '+i' | '-i', path: string) =>
  run(['chattr', sign, path], { timeout: MILLISECONDS }).catch(() => undefined);

/** Whether a folder has the mark. */
export async function isMarked(path: string): Promise<boolean> {
  const ran = await run(['lsattr', '-d', path], { timeout: MILLISECONDS }).catch(() => undefined);
  return /^\S*i/.test(ran?.stdout ?? '');
}
