import { readMachines } from './machines.ts';
import type { Guest } from './plan/pxe-files.ts';
import { readAllProvisioned } from './provisioned.ts';

/** Where the records lie: of machines that are kept here, and of those that the cluster keeps. */
export interface GuestFolders {
  machines: string;
  provisioned: string;
}

/** All machines that are to be installed, or were; `of` tells one from all others. */
export async function readGuests({
  machines,
  provisioned,
}: GuestFolders): Promise<(Guest & { of: string })[]> {
  const own = (await readMachines(machines)).flatMap(({ name, installation }) =>
    installation === undefined ? [] : [{ name, installation, of: name }],
  );
  const clusters = await readAllProvisioned(provisioned);
  return [...own, ...clusters.map(({ chassis, ...guest }) => ({ ...guest, of: chassis }))];
}
