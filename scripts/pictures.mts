#!/usr/bin/env node
import { fs, path } from 'zx';
import type { Machine } from '../test/vm/driver/machine.ts';
import { Machine as Machines } from '../test/vm/driver/machine.ts';
import { snapshotOf } from '../test/vm/driver/snapshot.ts';
import { given } from './arguments.mts';
import { makePackage } from './pack/deb.mts';
import { ROOT_PASSWORD, type Role, roleImage } from './vm/images.mts';

/** Takes the README's pictures from the screens of booted machines into screens/pictures. */
given('npm run pictures: takes the pictures of the README anew, from machines booted in QEMU (as root)', {});
await import('./build.mts');

const folder = path.resolve(import.meta.dirname, '..', 'screens', 'pictures');
const MAIN_SCREEN = /<F2> System Configuration/;
const MINUTES = 60_000;

await fs.ensureDir(folder);
const deb = await makePackage();
await onNode('management', async (machine) => {
  await machine.screen.see(/Service +running/, { limitMs: 5 * MINUTES });
  await take(machine, 'management');
  await unlock(machine, 'f2');
  await machine.screen.see(/Terminal Info/);
  await take(machine, 'configuration');
  await planAndCountdown(machine);
});
await onNode('compute', async (machine) => {
  await take(machine, 'compute');
  await unlock(machine, 'f12');
  await machine.screen.see(/> Reboot +│/);
  await take(machine, 'power');
});
await onNode('storage', (machine) => take(machine, 'storage'));

/** A VLAN with an address of its own: its plan, and what is proven while the countdown runs. */
async function planAndCountdown(machine: Machine): Promise<void> {
  const { keyboard, screen } = machine;
  for (const key of ['down', 'down', 'down', 'ret']) await keyboard.press(key);
  await screen.see(/> ens3/);
  await keyboard.press('v');
  await screen.see(/New VLAN on ens3/);
  await keyboard.type('20\t\t\t10.20.0.4\t24\n');
  await screen.see(/Make this change\?/);
  await take(machine, 'plan');
  await keyboard.press('y');
  await screen.see(/Keep this change\?/, { limitMs: 2 * MINUTES });
  await take(machine, 'countdown');
  await keyboard.press('n');
  await screen.see(/Not changed/, { limitMs: 2 * MINUTES });
}

async function onNode(role: Role, work: (machine: Machine) => Promise<void>): Promise<void> {
  const snapshot = await snapshotOf(role, await roleImage(deb, role), painted);
  const machine = await Machines.clone(snapshot, { name: `picture-${role}` });
  try {
    await painted(machine);
    await machine.screen.gone(/not read yet|not answer/, { limitMs: 3 * MINUTES });
    // A machine that has just been started shows the start, not its daily life.
    await machine.screen.see(/CPU +\[[#.]+\] +[1-2]?\d%/, { limitMs: 3 * MINUTES });
    await work(machine);
  } finally {
    await machine.end();
  }
}

async function painted(machine: Machine): Promise<void> {
  await machine.screen.see(MAIN_SCREEN, { limitMs: 3 * MINUTES });
}

async function unlock(machine: Machine, key: 'f2' | 'f12'): Promise<void> {
  await machine.keyboard.press(key);
  await machine.screen.see(/Root password/);
  await machine.keyboard.type(`${ROOT_PASSWORD}\n`);
}

async function take(machine: Machine, name: string): Promise<void> {
  await machine.screenshot(path.join(folder, `${name}.png`));
  console.log(`screens/pictures/${name}.png`);
}
