import { inject } from 'vitest';
import {
  type BaseOptions,
  baseImage,
  type Image,
  type Role,
  roleImage,
} from '../../../scripts/vm/images.mts';
import type { Machine, Snapshot } from './machine.ts';
import { snapshotOf } from './snapshot.ts';

/** The foot of the main screen: what a person looks for to know that the console is there. */
export const MAIN_SCREEN = /<F2> System Configuration/;
export const LOGIN_PROMPT = /login: *$/m;

/** The disk of a node on which the package under test was installed and that has this role. */
export function appliance(role: Role, options?: BaseOptions): Promise<Image> {
  return roleImage(inject('deb'), role, options);
}

/** A booted node of this role whose console is on tty1 and whose services have settled. */
export async function bootedAppliance(role: Role): Promise<Snapshot> {
  const image = await appliance(role);
  return snapshotOf(role, image, role === 'expert' ? loginSettled : consoleSettled);
}

/** A booted Debian without our package. */
export async function bootedDebian(): Promise<Snapshot> {
  return snapshotOf('base', await baseImage(), loginSettled);
}

async function consoleSettled(machine: Machine): Promise<void> {
  await machine.screen.see(MAIN_SCREEN);
  await machine.serial.see(MAIN_SCREEN);
  await machine.attempt(['systemctl', 'is-system-running', '--wait']);
}

async function loginSettled(machine: Machine): Promise<void> {
  await machine.screen.see(LOGIN_PROMPT);
  await machine.serial.see(LOGIN_PROMPT);
  await machine.attempt(['systemctl', 'is-system-running', '--wait']);
}
