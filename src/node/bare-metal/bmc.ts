import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../api/fault.ts';
import { known, type Reading, unknown } from '../../api/reading.ts';
import { Secret } from '../../api/secret-text.ts';
import { say } from '../../api/words.ts';
import type { Bmc } from '../../system/bmc.ts';
import { whyOf } from '../../system/errno.ts';
import { ipmi } from '../../system/ipmi.ts';
import { redfish } from '../../system/redfish.ts';
import { installationTold } from './installation-state.ts';
import type { MachineRecord } from './machines.ts';
import type { MachineState, PowerOrder } from './schema.ts';

const WAIT_MILLISECONDS = 30_000;
const LOOK_MILLISECONDS = 1_000;

export function bmcOf(record: MachineRecord, signal?: AbortSignal): Bmc {
  const { protocol, address, port, user, certificate = '' } = record;
  const login = { address, port, user, password: new Secret(record.password) };
  return protocol === 'ipmi' ? ipmi(login, signal) : redfish({ ...login, certificate }, signal);
}

/** As it is told: without its password. @param marks folder of what the PXE service writes down */
export function stateWith(record: MachineRecord, marks: string, power: Reading<'on' | 'off'>): MachineState {
  const { password: _password, installation, ...machine } = record;
  return {
    origin: 'node',
    ...machine,
    power,
    ...(installation !== undefined && { installation: installationTold(marks, installation) }),
  };
}

/** With its power as the BMC tells it now. */
export async function stateOf(
  record: MachineRecord,
  marks: string,
  signal: AbortSignal,
): Promise<MachineState> {
  const power = await bmcOf(record, signal)
    .power()
    .then(known, (thrown: unknown) => unknown(whyOf(thrown)));
  return stateWith(record, marks, power);
}

/** See `orderPower`. */
export async function switchPower(
  record: MachineRecord,
  order: PowerOrder,
  marks: string,
  signal: AbortSignal,
): Promise<MachineState> {
  const power = await switched(bmcOf(record, signal), record.name, order, signal);
  return stateWith(record, marks, known(power));
}

/** Switches a machine and waits until it stands so. @param name what it is called in faults */
export async function switched(
  bmc: Bmc,
  name: string,
  order: PowerOrder,
  signal: AbortSignal,
): Promise<'on' | 'off'> {
  const wanted = order === 'off' ? 'off' : 'on';
  const now = await bmc.power();
  if (order === 'reset' && now === 'off') throw isOff(name);
  if (order !== now) await bmc.order(order);
  const until = performance.now() + WAIT_MILLISECONDS;
  while ((await bmc.power()) !== wanted) {
    if (performance.now() > until) throw notSo(name, wanted);
    await sleep(LOOK_MILLISECONDS, undefined, { signal });
  }
  return wanted;
}

const isOff = (name: string): Fault =>
  new Fault('conflict', say(`${name} is off: power it on instead`, `${name} 已关机：请改为开机`), {
    field: 'order',
  });

const notSo = (name: string, wanted: 'on' | 'off'): Fault =>
  new Fault(
    'timeout',
    say(
      `${name} took the order and is not ${wanted} after ${WAIT_MILLISECONDS / 1000} s`,
      `${name} 已接受命令，但 ${WAIT_MILLISECONDS / 1000} 秒后仍未${wanted === 'on' ? '开机' : '关机'}`,
    ),
  );
