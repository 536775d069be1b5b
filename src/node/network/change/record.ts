import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bootId } from '../../../system/boot.ts';
import { ensureFolder, readText, writeWhole } from '../../../system/files.ts';
import type { Attempt } from './attempt.ts';
import { MEMORY_PROFILES } from './places.ts';
import type { Following } from './plan/management.ts';
import { linksOf, type Seen } from './read.ts';

/** How the links were at one moment, as far as it can be brought back. The disk's profiles are not in it. */
export interface LiveState {
  links: RecordedLink[];
  /** Names of the links that the change is about, old and new: what others do meanwhile is not ours to undo. */
  touched: string[];
  /** Profiles that the change is about, by UUID: one need not be bound to a name, or goes by a passing one. */
  profiles?: string[];
  /** Profiles in memory that are to be there: file name and text. */
  memory: Record<string, string>;
}

/** The state to take back to: no change touches the disk's profiles before it is kept. */
export interface StateRecord extends LiveState {
  /** Number of the state that the change would have made. */
  id: number;
  boot: string;
  /** NetworkManager's own way back, while it lasts. */
  checkpoint?: string;
  /** What to tell of it when it has been taken back; absent in a record of an earlier version. */
  attempt?: Attempt;
  /** What follows the management address, from the moment on when it is told. */
  following?: Following;
}

export interface RecordedLink {
  name: string;
  /** The kernel's number, to know a NIC by after it was renamed; absent in a record of an earlier version. */
  index?: number;
  mac?: string;
  /** Names that it had besides. */
  altnames?: string[];
  virtual: boolean;
  /** Profile that was active. */
  uuid?: string;
  /** Bond or bridge whose port it was in the kernel. */
  controller?: string;
  /** Addresses set by hand that it had: what a lease gives may differ. */
  addresses: string[];
}

const LIMIT = 16 * 1024 * 1024;

export async function recordOf(
  id: number,
  seen: Seen,
  about: Pick<StateRecord, 'touched' | 'profiles' | 'attempt'>,
): Promise<StateRecord> {
  return { id, boot: bootId(), links: recordedLinks(seen), ...about, memory: await memoryProfiles() };
}

/** The links that the kernel has. */
export const recordedLinks = (seen: Seen): RecordedLink[] =>
  linksOf(seen)
    .filter((link) => link.present)
    .map((link): RecordedLink => {
      const set = new Set([...link.ipv4.addresses, ...link.ipv6.addresses]);
      return {
        name: link.name,
        ...(link.index === undefined ? {} : { index: link.index }),
        ...(link.mac === undefined ? {} : { mac: link.mac }),
        ...(link.altnames === undefined ? {} : { altnames: link.altnames }),
        virtual: link.kind === 'bond' || link.kind === 'vlan' || link.kind === 'bridge',
        ...(link.active && link.uuid !== undefined ? { uuid: link.uuid } : {}),
        ...controllerOf(seen, link.name),
        addresses: link.addresses.filter((address) => set.has(address)),
      };
    });

/** As the kernel has it now, whatever the profile says. */
export function controllerOf(seen: Seen, name: string): { controller?: string } {
  const controller = seen.records.find(({ ifname }) => ifname === name)?.master;
  return controller === undefined ? {} : { controller };
}

/** The profiles in memory, by file name. */
export async function memoryProfiles(): Promise<Record<string, string>> {
  const names = await readdir(MEMORY_PROFILES).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const entries = names.map(async (name) => [name, await readFile(join(MEMORY_PROFILES, name), 'utf8')]);
  return Object.fromEntries(await Promise.all(entries));
}

/** Profiles may hold secrets: the file is root's own, and goes with the change. */
export async function saveRecord(path: string, record: StateRecord): Promise<void> {
  await ensureFolder(dirname(path));
  await writeWhole(path, `${JSON.stringify(record)}\n`);
}

export async function loadRecord(path: string): Promise<StateRecord | undefined> {
  const text = await readText(path, LIMIT);
  return text === undefined ? undefined : (JSON.parse(text) as StateRecord);
}

export const dropRecord = (path: string): Promise<void> => rm(path, { force: true });
