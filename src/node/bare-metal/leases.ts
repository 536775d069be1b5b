import { readBytes } from '../../system/files.ts';
import { HeldFolder } from '../../system/held-folder.ts';
import { leasesIn } from './plan/leases.ts';
import type { BareMachine } from './schema.ts';

const LIMIT = 1024 * 1024;

/** Which addresses the PXE service has given, by MAC address. Its folder is its own user's: what cannot be read is none. */
export async function readLeases(marks: string): Promise<ReadonlyMap<string, string>> {
  try {
    await using folder = await HeldFolder.open(marks);
    const file = await readBytes('leases', LIMIT, (name) => folder.read(name));
    return leasesIn(file?.toString() ?? '', Date.now());
  } catch {
    return new Map();
  }
}

/** With the address that it has from this node, while it is not installed. */
export function withLease<M extends BareMachine>(machine: M, leases: ReadonlyMap<string, string>): M {
  const { installation } = machine;
  if (installation === undefined || installation.state === 'installed') return machine;
  const lease = leases.get(installation.macs[0] ?? '');
  return lease === undefined ? machine : { ...machine, installation: { ...installation, lease } };
}
