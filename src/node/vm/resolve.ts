import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { statOf } from '../../system/files.ts';
import { volumePath } from '../storage/local/files.ts';
import type { Storages } from '../storage/local/storages.ts';
import type { Kvm } from './kvm.ts';
import type { Guest } from './plan.ts';
import type { VmDefinition } from './schema/definition.ts';
import type { VmStarted } from './schema.ts';

/** Where a guest's parts are found on this node. */
export interface Resolving {
  storages: Storages;
  kvm: Kvm;
  /** The bridge of an L2 network. Throws `notFound` field `l2`. */
  bridgeOf(l2: string): Promise<string>;
}

/** What a definition's volumes and networks are here. Throws `notFound` field `storage`, `volume` or `l2`. */
export async function guestOf(parts: Resolving, definition: VmDefinition): Promise<Guest> {
  const { volumes, nics, consolePassword: _secret, ...rest } = definition;
  return {
    ...rest,
    ...(await acceleration(parts.kvm)),
    volumes: await Promise.all(volumes.map((each) => volumeOf(parts.storages, each))),
    nics: await Promise.all(nics.map(async ({ mac, l2 }) => ({ mac, bridge: await parts.bridgeOf(l2) }))),
  };
}

async function acceleration(kvm: Kvm): Promise<VmStarted> {
  const reading = await kvm.ask();
  return reading.state === 'unknown' ? { accelerator: 'qemu', why: reading.why } : { accelerator: 'kvm' };
}

async function volumeOf(
  storages: Storages,
  { volume, storage }: VmDefinition['volumes'][number],
): Promise<Guest['volumes'][number]> {
  const path = volumePath(await storages.pathOf(storage), volume);
  if ((await statOf(path))?.isFile() === true) return { volume, path };
  throw new Fault('notFound', say(`this node has no volume ${volume}`, `本节点没有云盘 ${volume}`), {
    field: 'volume',
  });
}
