import { statSync } from 'node:fs';
import { join } from 'node:path';
import { prefixOf } from '../network/change/schema/address.ts';
import {
  type Installation,
  type InstallationState,
  type InstallationTold,
  nicsOf,
  startOf,
} from './schema/install.ts';

const MARKS = [
  ['done', 'installed'],
  ['begun', 'installing'],
] as const;

/** How far an installation is, and since when, as the machine itself told. @param marks folder of what the PXE service writes down */
export function standingOf(
  marks: string,
  { token, asked }: Pick<Installation, 'token' | 'asked'>,
): { state: InstallationState; since?: number } {
  for (const [ending, state] of MARKS) {
    const mark = statSync(join(marks, `${token}.${ending}`), { throwIfNoEntry: false });
    if (mark !== undefined) return { state, since: Math.round(mark.mtimeMs) };
  }
  return { state: 'waiting', ...(asked !== undefined && { since: asked }) };
}

/** What is told of it. @param marks as `standingOf` has it */
export function installationTold(marks: string, installation: Installation): InstallationTold {
  const { role, address, beside = [] } = installation;
  const start = startOf(installation);
  return {
    role,
    macs: [start, ...nicsOf(installation).filter((mac) => mac !== start)],
    addresses: [address, ...beside.flatMap((nic) => nic.address ?? [])].map(withPrefix),
    ...standingOf(marks, installation),
  };
}

/** It may have been asked for with a netmask. */
function withPrefix(address: string): string {
  const [ip, length] = address.split('/');
  return length === undefined ? address : `${ip}/${prefixOf(length, 4)}`;
}
