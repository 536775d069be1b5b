import { byName } from '../../src/api/by-name.ts';
import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import type { Words } from '../../src/api/words.ts';
import type { PxeState, readPxe } from '../../src/node/bare-metal/schema/pxe.ts';
import type { BareMachine, listMachines, MachineState } from '../../src/node/bare-metal/schema.ts';
import type { Context } from '../context.ts';

const PXE = reference<typeof readPxe>('bareMetal.pxe');
const MACHINES = reference<typeof listMachines>('bareMetal.list');
const AGAIN_MILLISECONDS = 5_000;

/** What is known of the service and its machines. */
export interface BareMetal {
  readonly pxe: PxeState;
  readonly machines: readonly BareMachine[];
  /** When it was read, in milliseconds since 1970. */
  readonly read: number;
  /** Why it was not read since. */
  readonly why?: Words;
}

/** A machine that was added on this node. */
export const addedMachine = ({ machines }: BareMetal, name: string): MachineState | undefined =>
  machines.filter((machine) => machine.origin === 'node').find((machine) => machine.name === name);

/** As it was read last, and what reads it again. */
export interface Known {
  now(): BareMetal;
  again(): Promise<void>;
  /** One machine as it was just told: to ask all BMCs again takes a while. */
  learned(machine: MachineState): void;
}

async function readAll(context: Context): Promise<BareMetal> {
  const controller = context.controller();
  const [pxe, machines] = await Promise.all([controller.call(PXE, {}), controller.call(MACHINES, {})]);
  return { pxe, machines, read: Date.now() };
}

/** Reads it now, and anew every few seconds until `leave`. */
export async function watchMachines(context: Context): Promise<{ known: Known; leave(): void }> {
  let now = await readAll(context);
  let asked = performance.now();
  let reading: Promise<void> | undefined;
  let news = 0;
  const read = async () => {
    const before = news;
    try {
      const found = await readAll(context);
      // What was learned meanwhile is newer.
      if (news === before) now = found;
    } catch (thrown) {
      now = { ...now, why: Fault.from(thrown).words };
    }
    asked = performance.now();
    reading = undefined;
    context.stage.refresh();
  };
  /** What is being read may be of before. */
  const again = async () => {
    await reading;
    reading ??= read();
    await reading;
  };
  const learned = (machine: MachineState) => {
    news += 1;
    const others = now.machines.filter((other) => other !== addedMachine(now, machine.name));
    now = { ...now, machines: [...others, machine].sort((a, b) => byName(a.name, b.name)) };
    context.stage.refresh();
  };
  const leave = context.onFacts(() => {
    if (reading === undefined && performance.now() - asked >= AGAIN_MILLISECONDS) reading = read();
  });
  return { known: { now: () => now, again, learned }, leave };
}
