import { type Implementation, implement } from '../../api/action.ts';
import { printable } from '../../api/printable.ts';
import { known } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { ipmi, plateOf } from '../../system/ipmi.ts';
import { certificateOf } from '../../system/redfish.ts';
import { bmcOf, stateOf, stateWith, switched, switchPower } from './bmc.ts';
import { withPassword } from './login.ts';
import {
  type KeepMachine,
  type KeptMachine,
  keepPlan,
  type MachineRecord,
  readMachine,
  readMachines,
} from './machines.ts';
import {
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
 * @param folder of their records
 * @param marks folder of what the PXE service writes down
 */
export const machineActions = (folder: string, marks: string): Implementation<KeepMachine, KeptMachine>[] => [
  implement(listMachines, async (_none, { signal }) => {
    const records = await readMachines(folder);
    return Promise.all(records.map((record) => stateOf(record, marks, signal)));
  }),
  implement(bmcCertificate, async (place, { signal }) => ({
    certificate: await certificateOf(place, signal),
  })),
  implement(addMachine, async ({ password, ...machine }, run) => {
    const before = (await readMachines(folder)).find(({ name }) => name === machine.name);
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
    await readMachine(folder, name);
    const title = say(`forget the machine ${name}`, `移除机器 ${name}`);
    await run.carryOut(keepPlan(name, title), { record: null });
  }),
  implement(orderPower, async ({ name, order }, { signal }) =>
    switchPower(await readMachine(folder, name), order, marks, signal),
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
    const record = await readMachine(folder, name);
    await bmcOf(record, signal).bootOnce({ device, firmware: record.firmware });
  }),
];
