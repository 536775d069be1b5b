import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { appliance } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { FIGURES, seeFigures } from './driver/person.ts';
import { until } from './driver/wait.ts';

const ROUNDS = 10;
/** After each return; all five together take more than the 15 s that two deaths of the same one are apart. */
const QUIET_MS = 4_000;

/** Units whose death a person at the console must survive, and what is on the screen once that is over. */
const VICTIMS: Record<string, (text: string, before: readonly string[]) => boolean> = {
  'zs-console': () => true,
  'zs-controller': (text, before) => !before.includes(/pid (\d+)/.exec(text)?.[1] ?? before[0] ?? ''),
  dbus: (text) => /libvirt +running/.test(text),
  NetworkManager: (text) => /ens3 +UP +MN 10\.0\.2\.15/.test(text),
  libvirtd: (text) => /libvirt +running/.test(text),
};

/** The kernel is asked, not systemd: an emulated machine that runs systemctl all the time starts nothing else. */
async function processesOf(machine: Machine, unit: string): Promise<string[]> {
  const file = `/sys/fs/cgroup/system.slice/${unit}.service/cgroup.procs`;
  const { stdout } = await machine.attempt(['cat', file]);
  return stdout.toString().split('\n').filter(Boolean);
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
  const before = await processesOf(machine, unit);
  const main = (await machine.run(['systemctl', 'show', '-P', 'MainPID', unit])).trim();
  expect(before).toContain(main);
  const from = performance.now();
  await machine.run(['kill', '-KILL', main]);
  const another = async () =>
    (await processesOf(machine, unit)).some((pid) => !before.includes(pid)) || undefined;
  await until(`another process of ${unit}`, another, { everyMs: 250 });
  const shown = async () => {
    const text = await machine.screen.text();
    expect(text).not.toMatch(/login:/);
    return (FIGURES.test(text) && VICTIMS[unit]?.(text, before)) || undefined;
  };
  await until(`${unit} on the screen`, shown, { everyMs: 250 });
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
    await machine.run(['systemctl', 'stop', 'NetworkManager']);
    await machine.screen.see(/NetworkManager is stopped: no network can be changed/);
    await machine.run(['systemctl', 'start', 'NetworkManager']);
    await machine.screen.gone(/NetworkManager is stopped/);
    const prompts = ['-u', 'getty@tty1.service', '-u', 'serial-getty@ttyS0.service'];
    expect(await machine.run(['journalctl', '-b', '-q', '-o', 'cat', '--no-pager', ...prompts])).toBe('');
  },
  40,
);
