import { z } from 'zod';
import { defineAction } from '../../../api/action.ts';
import type { Reading } from '../../../api/reading.ts';
import { ruled } from '../../../api/ruled.ts';
import { say } from '../../../api/words.ts';
import { nameProblem } from '../../network/change/schema/names.ts';
import { ipv4 } from './install.ts';

/** On which NIC machines are installed over the network, and which addresses they get meanwhile. */
export interface PxeSettings {
  nic: string;
  /** Of this node on that NIC. */
  address: string;
  prefix: number;
  netmask: string;
  first: string;
  last: string;
}

/** A machine that asked to start from the network, and got no answer: nothing is to be installed on it. */
export interface Asking {
  mac: string;
  /** How it starts; absent when it is neither. */
  firmware?: 'bios' | 'uefi';
  /** When it did so last, in milliseconds since 1970. */
  at: number;
}

export interface PxeState {
  /** `failing`: it ends again and again, and systemd starts it again. */
  state: 'running' | 'failing' | 'stopped';
  /** Absent while it is stopped. */
  settings?: PxeSettings;
  /** What the installation medium that lies on this node calls itself. */
  medium: Reading<string>;
  /** Whether machines that start as BIOS or UEFI machines do can be served. */
  bios: Reading<true>;
  uefi: Reading<true>;
  /** Those that asked within an hour, the last one first; none while it is stopped. */
  asking: Reading<Asking[]>;
}

const HALF = say('is needed as well: both ends, or none', '须同时填写首尾两端，或都不填');

/** How the PXE service stands. */
export const readPxe = defineAction<PxeState>()({
  name: 'bareMetal.pxe',
  input: z.object({}),
  access: ['password', 'cluster'],
  lane: 'none',
});

/**
 * Serves DHCP, TFTP and HTTP on one NIC, to the machines that are to be installed and to nobody else, until it is
 * stopped or this node restarts. Without first and last address: the longest run of free ones in the NIC's network.
 * Faults: field `nic` (`notFound`; `conflict`: no address, no cable, or another DHCP server answers there, which is named),
 * `first`, `last` and `netmask`; `unavailable` without an installation medium or a program that it needs; `conflict` while
 * it runs.
 */
export const startPxe = defineAction<PxeState>()({
  name: 'bareMetal.startPxe',
  input: z
    .object({
      nic: ruled(nameProblem),
      first: ipv4.optional(),
      last: ipv4.optional(),
      /** What the NIC's network has, where somebody wants to be sure. */
      netmask: ipv4.optional(),
    })
    .superRefine(({ first, last }, context) => {
      if ((first === undefined) === (last === undefined)) return;
      const missing = first === undefined ? 'first' : 'last';
      context.addIssue({ code: 'custom', path: [missing], message: HALF.en, params: { words: HALF } });
    }),
  access: ['password', 'cluster'],
  lane: 'services',
  told: ({ nic }) => say(`Start the PXE service on ${nic}`, `在 ${nic} 上启动 PXE 服务`),
});

/** Stops it. Machines that are to be installed wait until it is started again; those that are under way fail. */
export const stopPxe = defineAction<PxeState>()({
  name: 'bareMetal.stopPxe',
  input: z.object({}),
  access: ['password', 'cluster'],
  lane: 'services',
  told: () => say('Stop the PXE service', '停止 PXE 服务'),
});
