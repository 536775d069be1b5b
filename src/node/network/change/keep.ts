import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { bootId } from '../../../system/boot.ts';
import { dropAltname } from '../../../system/iproute.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import type { Profile } from '../../../system/networkmanager/objects.ts';
import { inTurn } from '../../../system/serial.ts';
import type { Reason } from './attempt.ts';
import { describeDifference } from './describe.ts';
import {
  applyKept,
  diskPathsOf,
  type KeptState,
  markApplied,
  nextId,
  pruneKept,
  stageKept,
  switchTo,
  writeKept,
} from './kept.ts';
import { isOurs, linkFile } from './link-file.ts';
import { managementText } from './management.ts';
import { DISK_PROFILES, LINK_FILES, type NetworkPlaces } from './places.ts';
import { difference, settingsOf } from './plan/difference.ts';
import type { KeepStep } from './plan/steps.ts';
import { linksOf, type Seen, see } from './read.ts';
import { recordedLinks } from './record.ts';
import type { Evidence } from './schema/pending.ts';
import { isForeign, type NetworkState } from './schema/state.ts';
import { bringTo } from './take-back.ts';

/** The part of a state that is the node's own, without what counts for this boot alone. */
export const ownPart = ({ missing: _m, spare: _s, ...state }: NetworkState): NetworkState => ({
  ...state,
  links: state.links.filter((link) => !isForeign(link)).map(({ index: _i, unmanaged: _u, ...link }) => link),
});

/** What the change made, as far as it is not in the step. */
export interface Made {
  before: NetworkState;
  after: NetworkState;
  /** UUIDs of the profiles that it wrote. */
  written: ReadonlySet<string>;
  /** Files that their profiles left. */
  moved: ReadonlySet<string>;
  /** Names of the links that it is about. */
  touched: string[];
  /** NetworkManager's way back, which ends when the change is decided. */
  checkpoint?: string | undefined;
  reason: Reason;
  /** What was proven. */
  evidence: Evidence[];
}

/**
 * Makes the change last. First the whole new state is written aside, and drafts of the system's own files beside them;
 * then one rename decides, then those follow. A power cut in between is made good from the state that was written
 * aside, and a disk that is full from then on does not matter.
 */
export const keep = (
  manager: NetworkManager,
  places: NetworkPlaces,
  step: KeepStep,
  made: Made,
): Promise<void> => inTurn(places.nodeIni, () => keepAll(manager, places, step, made));

async function keepAll(
  manager: NetworkManager,
  places: NetworkPlaces,
  step: KeepStep,
  made: Made,
): Promise<void> {
  const seen = await see(manager);
  const { profiles } = seen;
  const written = profiles.filter((profile) => made.written.has(profile.uuid));
  const removed = profiles.filter((profile) => step.removed.includes(profile.uuid));
  const live = { links: recordedLinks(seen), touched: made.touched, memory: {} };
  const kept = { ...(await keptState(places, seen, step, made, written, removed)), live };
  await writeKept(places, kept);
  const staged = await stageKept(places, kept);
  await switchTo(places, step.id);
  // Decided: that the checkpoint is gone already changes nothing.
  if (made.checkpoint !== undefined) await manager.destroyCheckpoint(made.checkpoint).catch(() => {});
  const told = await saveAll(manager, written, removed).then(
    () => true,
    () => false,
  );
  // What NetworkManager wrote is the same in its own spelling; the rest (names, management) is written here.
  await applyKept(places, staged);
  // A NetworkManager that failed meanwhile reads the files when it can, and forgets what it has in memory.
  if (!told) await bringTo(manager, live).catch(() => {});
  await leaveOldNames(made);
  await pruneKept(places).catch(() => {});
}

/** udev gave each renamed NIC its old name as an alternative one. It does not at the next boot, and another may have it. */
async function leaveOldNames({ before, after }: Made): Promise<void> {
  for (const { was, will } of difference(before, after).changed)
    if (was.name !== will.name) await dropAltname(will.name, was.name).catch(() => {});
}

async function saveAll(
  manager: NetworkManager,
  written: readonly Profile[],
  removed: readonly Profile[],
): Promise<void> {
  for (const profile of written) await manager.saveToDisk(profile.path, await manager.withSecrets(profile));
  for (const profile of removed) await manager.deleteProfile(profile.path);
}

async function keptState(
  places: NetworkPlaces,
  seen: Seen,
  step: KeepStep,
  made: Made,
  written: readonly Profile[],
  removed: readonly Profile[],
): Promise<KeptState> {
  const profiles = await Promise.all(written.map(profileFile));
  const names = step.names.map(linkFile).map(([file, text]) => [join(LINK_FILES, file), text]);
  const management = await managementText(places.nodeIni, step.management);
  const diskPaths = await diskPathsOf(removed.map((profile) => profile.uuid));
  return {
    id: step.id,
    time: Date.now(),
    who: made.reason.who,
    title: made.reason.title,
    why: made.reason.why,
    difference: describeDifference(made.before, made.after),
    state: asKept(ownPart(made.after), seen),
    boot: bootId(),
    // Who else has the address is not asked at a start: it was, before the address was used.
    evidence: made.evidence.filter(({ kind }) => kind !== 'unique'),
    removed: [...diskPaths, ...made.moved, ...(await staleNames(step.names))],
    files: Object.fromEntries([
      ...profiles,
      ...names,
      ...(management === undefined ? [] : [[places.nodeIni, management]]),
    ]),
  };
}

/** The state as NetworkManager has it: a profile that it took says more than what was asked for. */
function asKept(after: NetworkState, seen: Seen): NetworkState {
  const now = linksOf(seen);
  const links = after.links.map((link) => {
    const found = now.find(({ name, uuid }) => name === link.name && uuid !== undefined);
    return found === undefined ? link : { ...link, ...settingsOf(found) };
  });
  return { ...after, links };
}

/** Files by which NICs of other MACs would get these names. */
async function staleNames(names: KeepStep['names']): Promise<string[]> {
  const own = new Set(names.map((given) => linkFile(given)[0]));
  const files = (await readdir(LINK_FILES).catch(() => [])).filter((file) => isOurs(file) && !own.has(file));
  const found = files.map(async (file) => {
    const text = await readFile(join(LINK_FILES, file), 'utf8').catch(() => '');
    const name = /^Name=(\S+)$/m.exec(text)?.[1];
    return names.some((given) => given.name === name) ? [join(LINK_FILES, file)] : [];
  });
  return (await Promise.all(found)).flat();
}

/** The profile's text as NetworkManager wrote it in memory, under the name that it has or will have on disk. */
async function profileFile(profile: Profile): Promise<[string, string]> {
  const text = withoutNotes(await readFile(profile.file, 'utf8'));
  const [there] = await diskPathsOf([profile.uuid]);
  return [there ?? join(DISK_PROFILES, basename(profile.file)), text];
}

/** What NetworkManager notes for itself in a file in memory (which file on disk it hides) is not for the disk. */
const withoutNotes = (text: string): string => text.replace(/\n*^\[\.nmmeta\]\n(?:[^[].*\n|\n)*/m, '\n');

/** Writes down the state that was there before the first change, or that somebody else made: one can go back to it. */
export async function keepFound(
  places: NetworkPlaces,
  last: KeptState | undefined,
  found: NetworkState,
  reason: Reason,
): Promise<void> {
  const state = ownPart(found);
  const difference = last === undefined ? [] : describeDifference(last.state, state);
  if (last !== undefined && difference.length === 0) return;
  const id = await nextId(places);
  await writeKept(places, {
    id,
    time: Date.now(),
    ...reason,
    difference,
    state,
    removed: [],
    files: {},
  });
  await switchTo(places, id);
  await markApplied(places, id);
}
