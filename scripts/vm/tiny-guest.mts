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
  const dir = await madeBy('tiny-guest');
  return { disk: join(dir, 'guest.qcow2'), kernel: join(dir, 'vmlinuz') };
}

/** The disk (qcow2) of a guest that asks for an address and answers ping within seconds, on emulated hosts too. */
export async function lightGuest(): Promise<string> {
  return join(await madeBy('light-guest'), 'guest.qcow2');
}

/** The folder that the script of this name has filled. */
async function madeBy(name: string): Promise<string> {
  const [script = '', bootable] = [`${name}.sh`, 'bootable.sh'].map((file) =>
    join(import.meta.dirname, file),
  );
  return layer(name, await contentKey([], [script, bootable ?? '']), async (out) => {
    await $({ quiet: true, timeout: '10m' })`${script} ${out}`;
  });
}
