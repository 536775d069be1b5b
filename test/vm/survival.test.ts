import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { appliance, MAIN_SCREEN } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { seeFigures } from './driver/person.ts';
import { until } from './driver/wait.ts';

const ROUNDS = 10;
/** After each return; all five together take more than the 15 s that two deaths of the same one are apart. */
const QUIET_MS = 4_000;

/** Units whose death a person at the console must survive, and how the console shows that it is over. */
const VICTIMS: Record<string, (machine: Machine) => Promise<unknown>> = {
  'zs-console': async () => {},
  'zs-controller': showsController,
  dbus: showsController,
  NetworkManager: (machine) => machine.screen.see(/ens3 +UP +MN 10\.0\.2\.15/),
  libvirtd: (machine) => machine.screen.see(/libvirt +running/),
};

const processId = async (machine: Machine, unit: string) =>
  (await machine.run(['systemctl', 'show', '-P', 'MainPID', unit])).trim();

async function showsController(machine: Machine): Promise<void> {
  await until('the pid of the controller that runs', async () => {
    const text = await machine.screen.text();
    return text.includes(`pid ${await processId(machine, 'zs-controller')}`) || undefined;
  });
}

/** Looks at tty1 for a while for what must never be there. Each look costs the machine a process. */
async function watchForPrompt(machine: Machine, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    expect(await machine.screen.text()).not.toMatch(/login:/);
    await pause(250);
  }
}

async function killAndReturn(machine: Machine, unit: string): Promise<number> {
  const before = await processId(machine, unit);
  const from = performance.now();
  await machine.run(['systemctl', 'kill', '-s', 'KILL', unit]);
  await until(`another ${unit}`, async () => {
    const now = await processId(machine, unit);
    return (now !== '0' && now !== before) || undefined;
  });
  await machine.screen.see(MAIN_SCREEN);
  await seeFigures(machine);
  await VICTIMS[unit]?.(machine);
  return performance.now() - from;
}

machineTest(
  `${Object.keys(VICTIMS).join(', ')} killed ${ROUNDS} times each: the console is there again, and no log-in prompt ever was`,
  async (lab) => {
    // Booted, not cloned: a clone's emulator has to translate all code anew, which no node has to.
    const machine = await lab.boot(await appliance('compute'));
    await machine.agent.ready();
    await seeFigures(machine);
    const seconds: Record<string, number[]> = {};
    for (let round = 0; round < ROUNDS; round++) {
      for (const unit of Object.keys(VICTIMS)) {
        const took = (await killAndReturn(machine, unit)) / 1000;
        seconds[unit] = [...(seconds[unit] ?? []), took];
        await watchForPrompt(machine, QUIET_MS);
      }
    }
    for (const [unit, values] of Object.entries(seconds))
      console.log(`${unit}: back after ${values.map((value) => value.toFixed(1)).join(' ')} s`);
    const prompts = ['-u', 'getty@tty1.service', '-u', 'serial-getty@ttyS0.service'];
    expect(await machine.run(['journalctl', '-b', '-q', '-o', 'cat', '--no-pager', ...prompts])).toBe('');
  },
  20,
);
