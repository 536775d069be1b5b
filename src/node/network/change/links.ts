import { readFile } from 'node:fs/promises';
import { mustRun } from '../../../system/exec.ts';

const TIMEOUT = 5000;

const IFF_UP = 1;

/**
 * A new name in the kernel. The link goes down for it, as older kernels rename no other, and comes up again when it was:
 * a VLAN stands on it that nobody would bring up otherwise.
 */
export async function renameLink(from: string, to: string): Promise<void> {
  const wasUp = (Number(await readFile(`/sys/class/net/${from}/flags`, 'utf8')) & IFF_UP) !== 0;
  await set(from, 'down');
  try {
    await set(from, 'name', to);
  } catch (thrown) {
    if (wasUp) await set(from, 'up');
    throw thrown;
  }
  if (wasUp) await set(to, 'up');
}

const set = (link: string, ...what: string[]): Promise<string> =>
  mustRun(['ip', 'link', 'set', 'dev', link, ...what], { timeout: TIMEOUT });
