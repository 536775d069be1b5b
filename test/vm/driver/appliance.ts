import { inject } from 'vitest';
import {
  type BaseOptions,
  baseImage,
  type Image,
  type Role,
  roleImage,
} from '../../../scripts/vm/images.mts';
import type { Snapshot } from './machine.ts';
import { settledAppliance, settledDebian } from './settled.ts';

export { LOGIN_PROMPT, MAIN_SCREEN } from './settled.ts';

/** The disk of a node on which the package under test was installed and that has this role. */
export function appliance(role: Role, options?: BaseOptions): Promise<Image> {
  return roleImage(inject('deb'), role, options);
}

/** A booted node of this role. */
export async function bootedAppliance(role: Role, options?: BaseOptions): Promise<Snapshot> {
  return settledAppliance(role, await appliance(role, options));
}

/** A booted Debian without our package. */
export async function bootedDebian(): Promise<Snapshot> {
  return settledDebian(await baseImage());
}
