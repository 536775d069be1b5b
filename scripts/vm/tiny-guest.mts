import { join } from 'node:path';
import { $ } from 'zx';
import { contentKey, layer } from './cache.mts';

/** A disk that boots by itself, and the kernel that is on it. */
export interface TinyGuest {
  /** qcow2. */
  disk: string;
  kernel: string;
}

/** A guest of some megabytes that asks for an address, answers ping, and obeys the power button. */
export async function tinyGuest(): Promise<TinyGuest> {
  const script = join(import.meta.dirname, 'tiny-guest.sh');
  const dir = await layer('tiny-guest', await contentKey([], [script]), async (out) => {
    await $({ quiet: true, timeout: '10m' })`${script} ${out}`;
  });
  return { disk: join(dir, 'guest.qcow2'), kernel: join(dir, 'vmlinuz') };
}
