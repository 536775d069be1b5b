import type { Image, Role } from '../../../scripts/vm/images.mts';
import type { Machine, Snapshot } from './machine.ts';
import { snapshotOf } from './snapshot.ts';
import { BOOT_MS, until } from './wait.ts';

/** The foot of the main screen: what a person looks for to know that the console is there. */
export const MAIN_SCREEN = /<F2> System Configuration/;
export const LOGIN_PROMPT = /login: *$/m;

const BOOT = { limitMs: BOOT_MS };

/** A booted node of this role with its console on tty1 and ttyS0 (expert: log-in prompts), its services settled. */
export function settledAppliance(role: Role, image: Image): Promise<Snapshot> {
  return snapshotOf(role, image, role === 'expert' ? promptsShown : consolesShown);
}

/** A booted Debian without our package. */
export function settledDebian(image: Image): Promise<Snapshot> {
  return snapshotOf('base', image, promptsShown);
}

async function consolesShown(machine: Machine): Promise<void> {
  await machine.screen.see(MAIN_SCREEN, BOOT);
  await machine.screen.see(/Memory +\[.*\d+%/, BOOT);
  await machine.serial.see(MAIN_SCREEN, BOOT_MS);
  await settled(machine);
  // The slow facts are read once after the start; a snapshot taken before that would read them in every test.
  const read = async () => (await machine.attempt(['pgrep', '-f', 'inventory.cjs'])).code === 1 || undefined;
  await until('the hardware is read', read, { ...BOOT, everyMs: 500 });
}

async function promptsShown(machine: Machine): Promise<void> {
  await machine.screen.see(LOGIN_PROMPT, BOOT);
  await machine.serial.see(LOGIN_PROMPT, BOOT_MS);
  await settled(machine);
}

/** Whether a unit has failed is for the tests to say; here it only matters that none is still starting. */
async function settled(machine: Machine): Promise<void> {
  await machine.attempt(['systemctl', 'is-system-running', '--wait'], BOOT);
}
