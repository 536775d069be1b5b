import { readFile } from 'node:fs/promises';
import { mustRun } from '../../../system/exec.ts';
import { dropAltname, readAltnames } from '../../../system/iproute.ts';

const TIMEOUT = 5000;

const IFF_UP = 1;

/**
 * A new name in the kernel. The link goes down for it, as older kernels rename no other, and comes up again when it was:
 * a VLAN stands on it that nobody would bring up otherwise. An alternative name of its own that is the same goes.
 */
export async function renameLink(from: string, to: string): Promise<void> {
  const wasUp = (Number(await readFile(`/sys/class/net/${from}/flags`, 'utf8')) & IFF_UP) !== 0;
  await set(from, 'down');
  try {
    await giveName(from, to);
  } catch (thrown) {
    if (wasUp) await set(from, 'up');
    throw thrown;
  }
  if (wasUp) await set(to, 'up');
}

/** How often a name is tried that udev gives the link as an alternative one at the same moment. */
const TRIES = 5;

/** Its own alternative name is no other's, but stands in the way like one. */
async function giveName(link: string, name: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    if ((await readAltnames(link)).includes(name)) await dropAltname(link, name);
    try {
      await set(link, 'name', name);
      return;
    } catch (thrown) {
      if (tries === TRIES || !(await readAltnames(link)).includes(name)) throw thrown;
    }
  }
}

const set = (link: string, ...what: string[]): Promise<string> =>
  mustRun(['ip', 'link', 'set', 'dev', link, ...what], { timeout: TIMEOUT });
