import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { contentKey, layer } from '../../../scripts/vm/cache.mts';
import type { Image } from '../../../scripts/vm/images.mts';
import { artifactDir, keepEvidence, qemuVersion } from './evidence.ts';
import { Machine, type Snapshot } from './machine.ts';
import { BOOT_MS, TimedOut, until } from './wait.ts';

const MEMORY_MB = 2048;

/**
 * The saved state of a machine that has booted from `image` and on which `settled` came true.
 * Made once for an image and a QEMU version; later calls take 10 ms.
 */
export async function snapshotOf(
  name: string,
  image: Image,
  settled: (machine: Machine) => Promise<void>,
): Promise<Snapshot> {
  const key = await contentKey([image.key, await qemuVersion(), settled.toString()]);
  const dir = await layer(`snapshot-${name}`, key, async (out) => {
    const make = () => bootAndSave(name, image, settled, out);
    await make().catch((thrown) => {
      if (!(thrown instanceof TimedOut)) throw thrown;
      // Once in about a hundred boots an emulator stood still. The evidence tells if it was the node.
      console.error(`vm: ${thrown.message}; booting another one`);
      return make();
    });
  });
  const file = (part: string) => join(dir, part);
  return {
    image,
    disk: file('disk.qcow2'),
    ram: file('ram'),
    state: file('state'),
    serialLog: file('serial.log'),
    memoryMb: MEMORY_MB,
  };
}

/** A processor that is in a guest of its own, such as the one that shows whether KVM works, is saved and not taken back. */
const withoutGuests = (machine: Machine): Promise<true> =>
  until(
    'an end of its guests',
    async () => (await machine.attempt(['pgrep', '-x', 'qemu-system-x86'])).code === 1 || undefined,
    { limitMs: BOOT_MS, everyMs: 500 },
  );

async function bootAndSave(
  name: string,
  image: Image,
  settled: (machine: Machine) => Promise<void>,
  out: string,
): Promise<void> {
  const machine = await Machine.bootForSnapshot(image, join(out, 'ram'), { name, memoryMb: MEMORY_MB });
  try {
    await machine.agent.ready();
    await settled(machine);
    await withoutGuests(machine);
    await machine.run(['sync']);
    await machine.save(join(out, 'state'));
    await rename(machine.options.disk, join(out, 'disk.qcow2'));
    await rename(machine.serialLog, join(out, 'serial.log'));
  } catch (thrown) {
    await keepEvidence(machine, await artifactDir(`snapshot-${name}`));
    throw thrown;
  } finally {
    await machine.end();
  }
}
