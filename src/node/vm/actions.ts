import { implement, type Run } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { type Feature, feature } from '../../api/feature.ts';
import type { Plan } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { type Guests, isOn } from '../../system/libvirt/guests.ts';
import { STATE } from '../../system/libvirt/protocol.ts';
import { attributeIn } from '../../system/xml.ts';
import { type VmGiven, vmExecutors } from './apply.ts';
import { DefinedLast } from './defined-last.ts';
import { domainXml } from './domain.ts';
import { findGuest, halt, mustFindGuest } from './guest.ts';
import { type Guest, rebootPlan, removePlan, startPlan, type VmStep } from './plan.ts';
import { guestOf, type Resolving } from './resolve.ts';
import type { VmDefinition } from './schema/definition.ts';
import {
  pauseVm,
  powerOffVm,
  rebootVm,
  removeVm,
  resumeVm,
  setConsolePassword,
  startVm,
  stopVm,
  type VmStarted,
} from './schema.ts';
import { askPassword } from './screen-password.ts';
import type { StandingGuests } from './standing.ts';

export interface VmParts extends Resolving {
  standing: StandingGuests;
}

interface Parts extends VmParts {
  defined: DefinedLast;
}

/** Seconds that a guest has to shut down. */
const PATIENCE = 60;

type VmRun = Run<never, VmStep, VmGiven>;

interface Wanted {
  vm: string;
  definition?: VmDefinition | undefined;
}

export function vmFeature(needs: VmParts): Feature {
  const parts = { ...needs, defined: new DefinedLast() };
  return feature<VmStep, VmGiven>({
    actions: [
      implement(startVm, (wanted, run) => start(parts, wanted, run)),
      implement(rebootVm, (wanted, run) => reboot(parts, wanted, run)),
      implement(stopVm, ({ vm }, run) => stop(parts, vm, PATIENCE, run)),
      implement(powerOffVm, ({ vm }, run) => stop(parts, vm, 0, run)),
      implement(pauseVm, ({ vm }) => pause(parts, vm)),
      implement(resumeVm, ({ vm }) => resume(parts, vm)),
      implement(setConsolePassword, ({ vm, consolePassword }) => askPassword(parts, vm, consolePassword)),
      implement(removeVm, ({ vm }, run) => remove(parts, vm, run)),
    ],
    executors: vmExecutors(parts.standing, parts.defined),
  });
}

async function start(parts: Parts, { vm, definition }: Wanted, run: VmRun): Promise<VmStarted> {
  const guests = await parts.standing.get();
  const found = await findGuest(guests, vm);
  if (found !== undefined && isOn(await guests.state(found.dom))) return asItRuns(parts, guests, vm);
  const guest = definition === undefined ? undefined : await guestOf(parts, definition);
  const name = definition?.name ?? (await mustFindGuest(guests, vm)).name;
  const isDefined =
    guest !== undefined &&
    (await parts.defined.has(guests, vm, domainXml(vm, guest, definition?.consolePassword)));
  return carryOut(parts, startPlan(vm, name, guest, isDefined), { vm, definition }, guest, run);
}

async function reboot(parts: VmParts, { vm, definition }: Wanted, run: VmRun): Promise<VmStarted> {
  const { name } = await mustFindGuest(await parts.standing.get(), vm);
  const guest = definition === undefined ? undefined : await guestOf(parts, definition);
  const plan = rebootPlan(vm, definition?.name ?? name, PATIENCE, guest);
  return carryOut(parts, plan, { vm, definition }, guest, run);
}

async function carryOut(
  parts: VmParts,
  plan: Plan<VmStep>,
  { vm, definition }: Wanted,
  guest: Guest | undefined,
  run: VmRun,
): Promise<VmStarted> {
  await run.carryOut(plan, { consolePassword: definition?.consolePassword });
  if (guest === undefined) return asItRuns(parts, await parts.standing.get(), vm);
  return { accelerator: guest.accelerator, ...(guest.why && { why: guest.why }) };
}

/** By its definition; why it is emulated, as this node is now. */
async function asItRuns({ kvm }: VmParts, guests: Guests, vm: string): Promise<VmStarted> {
  const { dom } = await mustFindGuest(guests, vm);
  if (attributeIn(await guests.definition(dom), 'domain', 'type') === 'kvm') return { accelerator: 'kvm' };
  const reading = await kvm.peek();
  return { accelerator: 'qemu', ...(reading.state === 'unknown' && { why: reading.why }) };
}

async function stop(parts: VmParts, vm: string, patience: number, { signal }: VmRun): Promise<void> {
  const guests = await parts.standing.get();
  const { dom } = await mustFindGuest(guests, vm);
  await halt(guests, dom, patience, signal);
}

async function pause({ standing }: VmParts, vm: string): Promise<void> {
  const guests = await standing.get();
  const { dom } = await mustFindGuest(guests, vm);
  const state = await guests.state(dom);
  if (!isOn(state)) throw off();
  if (state !== STATE.paused) await guests.suspend(dom);
}

async function resume({ standing }: VmParts, vm: string): Promise<void> {
  const guests = await standing.get();
  const { dom } = await mustFindGuest(guests, vm);
  const state = await guests.state(dom);
  if (!isOn(state)) throw off();
  if (state === STATE.paused) await guests.resume(dom);
}

async function remove({ standing }: VmParts, vm: string, run: VmRun): Promise<void> {
  const found = await findGuest(await standing.get(), vm);
  if (found !== undefined) await run.carryOut(removePlan(vm, found.name), {});
}

const off = (): Fault => new Fault('conflict', say('the VM is off', '云主机已关机'), { field: 'vm' });
