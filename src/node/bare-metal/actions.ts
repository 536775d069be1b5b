import { type Implementation, implement } from '../../api/action.ts';
import { byName } from '../../api/by-name.ts';
import { printable } from '../../api/printable.ts';
import { known } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { ipmi, plateOf } from '../../system/ipmi.ts';
import { certificateOf } from '../../system/redfish.ts';
import { bmcOf, stateOf, stateWith, switched, switchPower } from './bmc.ts';
import { type GuestFolders, readMachine } from './guests.ts';
import { installationTold } from './installation-state.ts';
import { readLeases, withLease } from './leases.ts';
import { withPassword } from './login.ts';
import {
  type KeepMachine,
  type KeptMachine,
  keepPlan,
  type MachineRecord,
  readMachines,
} from './machines.ts';
import { readAllProvisioned } from './provisioned.ts';
import {
  type ApiMachine,
  addMachine,
  bmcCertificate,
  bootOnce,
  listMachines,
  orderBmc,
  orderPower,
  readPlate,
  removeMachine,
} from './schema.ts';

/** Lines of what a maker wrote; there are some twenty. */
const MOST_OF_PLATE = 64;

/**
 * Bare machines, by their BMCs.
 * @param marks folder of what the PXE service writes down
 */
export const machineActions = (
  folders: GuestFolders,
  marks: string,
): Implementation<KeepMachine, KeptMachine>[] => [
  implement(listMachines, async (_none, { signal }) => {
    const records = await readMachines(folders.machines);
    const added = await Promise.all(records.map((record) => stateOf(record, marks, signal)));
    // Read behind the BMCs, which take their time.
    const all = [...added, ...(await overApi(folders, marks))];
    const leases = await readLeases(marks);
    return all.map((each) => withLease(each, leases)).sort((a, b) => byName(a.name, b.name));
  }),
  implement(bmcCertificate, async (place, { signal }) => ({
    certificate: await certificateOf(place, signal),
  })),
  implement(addMachine, async ({ password, ...machine }, run) => {
    const before = (await readMachines(folders.machines)).find(({ name }) => name === machine.name);
    const record: MachineRecord = {
      ...machine,
      password: password.reveal(),
      ...(before?.installation && { installation: before.installation }),
    };
    const power = await bmcOf(record, run.signal).power();
    const title = say(`add the machine ${machine.name}`, `添加机器 ${machine.name}`);
    await run.carryOut(keepPlan(machine.name, title), { record });
    return stateWith(record, marks, known(power));
  }),
  implement(removeMachine, async ({ name }, run) => {
    await readMachine(folders, name);
    const title = say(`forget the machine ${name}`, `移除机器 ${name}`);
    await run.carryOut(keepPlan(name, title), { record: null });
  }),
  implement(orderPower, async ({ name, order }, { signal }) =>
    switchPower(await readMachine(folders, name), order, marks, signal),
  ),
  implement(orderBmc, async ({ name, bmc: login, order }, { signal }) => {
    const bmc = ipmi(withPassword(name, login), signal);
    return { power: order === 'status' ? await bmc.power() : await switched(bmc, name, order, signal) };
  }),
  implement(readPlate, async ({ name, bmc }, { signal }) => {
    const plate = await plateOf(withPassword(name, bmc), signal);
    const told = Object.entries(plate).slice(0, MOST_OF_PLATE);
    return Object.fromEntries(told.map((each) => each.map((text) => printable(text))));
  }),
  implement(bootOnce, async ({ name, device }, { signal }) => {
    const record = await readMachine(folders, name);
    await bmcOf(record, signal).bootOnce({ device, firmware: record.firmware });
  }),
];

async function overApi({ provisioned }: GuestFolders, marks: string): Promise<ApiMachine[]> {
  return (await readAllProvisioned(provisioned)).map(({ name, chassis, installation }) => ({
    origin: 'api',
    name,
    chassis,
    installation: installationTold(marks, installation),
  }));
}
