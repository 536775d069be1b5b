import { ROLES } from '../src/api/role.ts';
import { environmentOf } from '../src/node/bare-metal/plan/kickstart.ts';

export const ENVIRONMENTS: readonly string[] = ROLES.map(environmentOf);

/** The kickstarts of this folder: for each mode one that asks and one that does not. */
export const KICKSTARTS = ROLES.flatMap((role) => [`${role}.ks`, `${role}-unattended.ks`]);
