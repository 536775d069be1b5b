import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Connection } from '../../../src/api/client.ts';
import { Fault } from '../../../src/api/fault.ts';
import { readHalfDone } from '../../../src/api/jobs.ts';
import { readNetwork } from '../../../src/node/network/change/schema.ts';
import { powerOffVm, rebootVm, startVm, stopVm } from '../../../src/node/vm/schema.ts';
import { pickFrom, randomOf, seed, tellSeed } from '../../fakes/random.ts';
import { definition, GuestWorld, prepare, VM } from './guest-world.ts';
import { shownBy } from './shown.ts';

// libvirtd dies, or hangs, in the midst of what is done with a guest: the tests go on from each other.

let world: GuestWorld;
let connection: Connection;
beforeAll(async () => {
  world = await GuestWorld.start();
  connection = await world.network.connect();
  await prepare(connection, world);
}, 240_000);
afterAll(async () => {
  world?.libvirt.signal('SIGCONT');
  connection?.close();
  await world?.end();
});

const MINUTES = 240_000;
const random = randomOf(seed);
tellSeed();
const state = () => world.libvirt.virsh('domstate', VM).catch(() => 'absent');

const shown = () => shownBy(connection, { part: 'vms' });

/** The console asks, and is answered without libvirt, for which half a minute would be waited. */
async function answersTheConsole(): Promise<void> {
  const begun = performance.now();
  expect((await shown()).vms).toBeDefined();
  await connection.call(readNetwork, {});
  expect(performance.now() - begun).toBeLessThan(15_000);
}

const actions = {
  start: { ask: () => connection.call(startVm, { vm: VM, definition: definition() }), before: 'off' },
  stop: { ask: () => connection.call(stopVm, { vm: VM }), before: 'on' },
  powerOff: { ask: () => connection.call(powerOffVm, { vm: VM }), before: 'on' },
  reboot: { ask: () => connection.call(rebootVm, { vm: VM, definition: definition() }), before: 'on' },
} as const;

async function to(wanted: 'on' | 'off'): Promise<void> {
  if (wanted === 'on') await actions.start.ask();
  else if ((await state()) !== 'absent') await connection.call(powerOffVm, { vm: VM });
  expect(await state()).toMatch(wanted === 'on' ? 'running' : /shut off|absent/);
}

/** The fault that it ends with, in one line; undefined: it did what it is for. */
const faultOf = (asked: Promise<unknown>): Promise<Fault | undefined> =>
  asked.then(
    () => undefined,
    (thrown) => Fault.from(thrown),
  );

/** Nothing is left half done, the console shows what is, and the guest obeys again. */
async function right(): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await connection.call(readHalfDone, {})).toEqual([]);
      const { vms } = await shown();
      const [vm] = vms?.state === 'known' ? vms.value : [{ state: vms?.state }];
      expect(vm?.state).toBe(TOLD[await state()]);
    },
    { timeout: 90_000, interval: 1_000 },
  );
  await actions.start.ask();
  expect(await state()).toBe('running');
}

/** How the console calls what libvirt calls so; one that is not there has no state. */
const TOLD: Readonly<Record<string, string>> = { running: 'running', 'shut off': 'stopped' };

/** Some time within which it is in the midst of it, in milliseconds. */
const midst = () => sleep(random() * 400);

beforeEach(() => world.libvirt.signal('SIGCONT'));

type Name = keyof typeof actions;
const NAMES = Object.keys(actions) as Name[];
/** Each of them waits for half a minute: one of a change with steps, one of the others. All: `ZS_EVERY=1`. */
const HUNG: Name[] =
  process.env.ZS_EVERY === '1'
    ? NAMES
    : [pickFrom(random, ['start', 'reboot']), pickFrom(random, ['stop', 'powerOff'])];

test.each(HUNG)(
  'libvirtd hangs in the midst of %s',
  async (name) => {
    const { ask, before } = actions[name];
    await to(before);
    const asked = faultOf(ask());
    await midst();
    world.libvirt.signal('SIGSTOP');
    await answersTheConsole();
    const fault = await asked;
    console.log(`${name}, hung: ${fault?.kind} ${fault?.words.en}`);
    if (fault !== undefined) expect(fault.words.en).toMatch(/^libvirt[^\n]*$/);
    await answersTheConsole();
    world.libvirt.signal('SIGCONT');
    await right();
  },
  2 * MINUTES,
);

test.each(NAMES)(
  'libvirtd is killed in the midst of %s',
  async (name) => {
    const { ask, before } = actions[name];
    await to(before);
    const asked = faultOf(ask());
    await midst();
    await world.libvirt.kill();
    await answersTheConsole();
    await world.libvirt.start();
    const fault = await asked;
    console.log(`${name}, killed: ${fault?.kind} ${fault?.words.en}`);
    if (fault !== undefined) expect(fault.words.en).toMatch(/^libvirt[^\n]*$/);
    await right();
  },
  2 * MINUTES,
);
