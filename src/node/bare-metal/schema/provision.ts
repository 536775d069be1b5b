import { z } from 'zod';
import { defineAction } from '../../../api/action.ts';
import { uuid } from '../../../api/uuid.ts';
import { FIRMWARES, ipmiLogin } from '../schema.ts';
import { checkNics, siteWithNics } from './beside.ts';
import { type InstallationState, machineName, wanted } from './install.ts';

/**
 * Has a machine that the cluster keeps install itself, as `installMachine` does with one that is kept here; its BMC's
 * login is not kept. What was laid out stays when the BMC does not start it. Faults: `conflict` while the PXE service does
 * not run, without a password (field `password` or `rootPassword`), and when another machine has a MAC address of it or
 * its name; those of the BMC.
 */
export const provisionMachine = defineAction<void>()({
  name: 'bareMetal.provision',
  input: z
    .object({
      /** Of the machine in the cluster. */
      chassis: uuid,
      name: machineName,
      bmc: ipmiLogin,
      firmware: z.enum(FIRMWARES),
      ...wanted,
      ...siteWithNics,
      /** Absent: its cluster has none. */
      rootPassword: wanted.rootPassword.optional(),
    })
    .superRefine(checkNics),
  access: ['cluster'],
  lane: 'services',
});

/**
 * Such a machine is installed no more, and forgotten here; one that is under way fails. Whoever stands at the node may ask
 * for it too: the cluster may be away, or not know the machine any more, and the next start from the network would wipe it.
 */
export const forgetProvisioned = defineAction<void>()({
  name: 'bareMetal.forgetProvisioned',
  input: z.object({ chassis: uuid }),
  access: ['cluster', 'password'],
  lane: 'services',
});

/** How far such machines are, by their uuids; of one that is not kept here nothing is said. */
export const readProvisioned = defineAction<Record<string, InstallationState>>()({
  name: 'bareMetal.provisioned',
  input: z.object({ chassis: z.array(uuid) }),
  access: ['cluster'],
  lane: 'none',
  record: 'count',
});
