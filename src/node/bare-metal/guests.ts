import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { findMachine, type MachineRecord, readMachines } from './machines.ts';
import type { Guest } from './plan/pxe-files.ts';
import { readAllProvisioned } from './provisioned.ts';
import { OVER_API } from './schema/over-api.ts';

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

/** A machine that was added here. Throws `notFound`, or `conflict` for one that is installed over the API. */
export async function readMachine(folders: GuestFolders, name: string): Promise<MachineRecord> {
  const machine = await findMachine(folders.machines, name);
  if (machine !== undefined) return machine;
  const isOfApi = (await readAllProvisioned(folders.provisioned)).some((other) => other.name === name);
  throw isOfApi ? ofApi(name) : unknownMachine(name);
}

const unknownMachine = (name: string): Fault =>
  new Fault('notFound', say(`there is no machine ${name}`, `没有机器 ${name}`), {
    field: 'name',
    next: say('zstack-ctl machines lists them', '用 zstack-ctl machines 列出'),
  });

const ofApi = (name: string): Fault =>
  new Fault('conflict', say(`${name} is installed over the API`, `${name} 由 API 安装`), {
    field: 'name',
    next: OVER_API,
  });
