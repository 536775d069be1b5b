import { ROLES, type Role } from '../src/api/role.ts';

/** The name that a mode has in the installer's comps, by which a kickstart chooses it: `@^zs-compute-node`. */
export const environmentOf = (role: Role): string => `zs-${role}-node`;
export const ENVIRONMENTS: readonly string[] = ROLES.map(environmentOf);

/** The kickstarts of this folder: for each mode one that asks and one that does not. */
export const KICKSTARTS = ROLES.flatMap((role) => [`${role}.ks`, `${role}-unattended.ks`]);
