import { type Executor, type Executors, keepsake } from '../../api/plan.ts';
import type { Secret } from '../../api/secret-text.ts';
import { isOn } from '../../system/libvirt/guests.ts';
import type { DefinedLast } from './defined-last.ts';
import { domainXml } from './domain.ts';
import { findGuest, halt, mustFindGuest } from './guest.ts';
import type { DefineStep, HaltStep, RunStep, UndefineStep, VmStep } from './plan.ts';
import type { StandingGuests } from './standing.ts';

/** What the steps are given. */
export interface VmGiven {
  consolePassword?: Secret | undefined;
}

/** The definition of before, with the password in it; none: there was no such guest. */
const BEFORE = keepsake<{ xml?: string }>('vm-definition');

export const vmExecutors = (standing: StandingGuests, defined: DefinedLast): Executors<VmStep, VmGiven> => ({
  'vm.halt': halting(standing),
  'vm.define': defining(standing, defined),
  'vm.run': running(standing),
  'vm.undefine': undefining(standing),
});

/** Nothing brings back what a guest was doing. */
const halting = (standing: StandingGuests): Executor<HaltStep, VmGiven> => ({
  async apply({ vm, patience }, { signal }) {
    const guests = await standing.get();
    const found = await findGuest(guests, vm);
    if (found !== undefined) await halt(guests, found.dom, patience, signal);
  },
  async undo() {},
  settle: async ({ vm }) => ((await isRunning(standing, vm)) ? 'not done' : 'done'),
});

const defining = (standing: StandingGuests, defined: DefinedLast): Executor<DefineStep, VmGiven> => ({
  async apply({ vm, guest }, { given, kept }) {
    const guests = await standing.get();
    const found = await findGuest(guests, vm);
    await kept.keep(BEFORE, found === undefined ? {} : { xml: await guests.definition(found.dom) });
    const xml = domainXml(vm, guest, given.consolePassword);
    await guests.define(xml);
    await defined.keep(guests, vm, xml);
  },
  async undo({ vm }, { kept }) {
    const before = await kept.find(BEFORE);
    if (before === undefined) return;
    const guests = await standing.get();
    const found = await findGuest(guests, vm);
    if (before.xml !== undefined) await guests.define(before.xml);
    else if (found !== undefined) await guests.undefine(found.dom);
  },
  settle: async (_step, { kept }) => ((await kept.find(BEFORE)) === undefined ? 'not done' : 'done'),
});

const running = (standing: StandingGuests): Executor<RunStep, VmGiven> => ({
  decides: true,
  async apply({ vm }) {
    const guests = await standing.get();
    const { dom } = await mustFindGuest(guests, vm);
    if (!isOn(await guests.state(dom))) await guests.run(dom);
  },
  async undo({ vm }) {
    const guests = await standing.get();
    const found = await findGuest(guests, vm);
    if (found !== undefined) await guests.powerOff(found.dom);
  },
  settle: async ({ vm }) => ((await isRunning(standing, vm)) ? 'done' : 'not done'),
});

const undefining = (standing: StandingGuests): Executor<UndefineStep, VmGiven> => ({
  decides: true,
  async apply({ vm }) {
    const guests = await standing.get();
    const found = await findGuest(guests, vm);
    if (found !== undefined) await guests.undefine(found.dom);
  },
  async undo() {},
  async settle({ vm }) {
    return (await findGuest(await standing.get(), vm)) === undefined ? 'done' : 'not done';
  },
});

async function isRunning(standing: StandingGuests, vm: string): Promise<boolean> {
  const guests = await standing.get();
  const found = await findGuest(guests, vm);
  return found !== undefined && isOn(await guests.state(found.dom));
}
