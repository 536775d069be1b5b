import { z } from 'zod';
import { absolutePath } from '../../api/absolute-path.ts';
import { defineAction } from '../../api/action.ts';
import type { Reading } from '../../api/reading.ts';

/** community: no licence, basic, without an end. */
export const LICENCE_TYPES = ['community', 'free', 'trial', 'paid', 'hybrid'] as const;
export type LicenceType = (typeof LICENCE_TYPES)[number];

/** What a licence allows. Wall times in milliseconds since 1970. */
export interface Licence {
  type: LicenceType;
  user?: string;
  issued?: number;
  /** Absent: it has no end. */
  expires?: number;
  /** Hosts that it is good for; absent: any number. */
  hosts?: number;
  /** Sockets that it is good for, where it counts those. */
  cpus?: number;
}

export interface LicenceState {
  /** Of this machine's hardware: what a licence is asked for with. */
  requestCode: Reading<string>;
  /** Unknown with the reason when the file there is not good. */
  licence: Reading<Licence>;
  /** Where its file is, or would be. */
  path: string;
}

/** Request code and licence, read anew from the file each time. */
export const readLicence = defineAction<LicenceState>()({
  name: 'licence.read',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

/**
 * Puts a licence file in the place of the one that is there, after it has been checked: `conflict` when it was altered,
 * is for another machine or has ended; `unavailable` when this node has no publisher's key to check it with.
 */
export const installLicence = defineAction<LicenceState>()({
  name: 'licence.install',
  input: z.object({ file: z.string().trim().pipe(absolutePath) }),
  access: ['password'],
  lane: 'services',
});
