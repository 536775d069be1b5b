import { mustRun } from '../../../system/exec.ts';

const TIMEOUT = 5000;

/** A new name in the kernel. The link goes down for it: older kernels rename no other. */
export async function renameLink(from: string, to: string): Promise<void> {
  await mustRun(['ip', 'link', 'set', 'dev', from, 'down'], { timeout: TIMEOUT });
  await mustRun(['ip', 'link', 'set', 'dev', from, 'name', to], { timeout: TIMEOUT });
}
