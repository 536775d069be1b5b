import { mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  ensureFolder,
  putDraft,
  readText,
  removeDrafts,
  syncFolder,
  writeDraft,
  writeWhole,
} from '../../../system/files.ts';
import { DISK_PROFILES, LINK_FILES, type NetworkPlaces } from './places.ts';
import type { LiveState } from './record.ts';
import type { Evidence } from './schema/pending.ts';
import type { NetworkState } from './schema/state.ts';
import type { HistoryEntry } from './schema.ts';

/** One kept state, as a whole: what it is, and the files that make it. */
export interface KeptState extends HistoryEntry {
  state: NetworkState;
  /** How the links were when it was kept; absent for a state that was only found, or made by a reset. */
  live?: LiveState;
  /** Boot at which it was kept, and what was proven then: it is asked again at the next one. */
  boot?: string;
  evidence?: Evidence[];
  /** Files that go, by path. */
  removed: string[];
  /** Files that are, by path. */
  files: Record<string, string>;
}

const LIMIT = 16 * 1024 * 1024;
const KEPT = 100;

const folderOf = (places: NetworkPlaces, id: number): string =>
  join(places.kept, String(id).padStart(9, '0'));

/** Number of the last kept state; 0 when there is none. */
export async function currentId(places: NetworkPlaces): Promise<number> {
  const target = await readlink(places.current).catch(() => '');
  return Number(basename(target)) || 0;
}

/** Number for the next one: also above those whose keeping was never ended. */
export async function nextId(places: NetworkPlaces): Promise<number> {
  const ids = await keptIds(places);
  return Math.max(0, ...ids, await currentId(places)) + 1;
}

async function keptIds(places: NetworkPlaces): Promise<number[]> {
  const names = await readdir(places.kept).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => /^\d{9}$/.test(name)).map(Number);
}

/** Writes the state down whole. It counts only from `switchTo` on. */
export async function writeKept(places: NetworkPlaces, kept: KeptState): Promise<void> {
  const folder = folderOf(places, kept.id);
  await rm(folder, { recursive: true, force: true });
  await ensureFolder(places.kept);
  await mkdir(folder, { mode: 0o700 });
  await writeWhole(join(folder, 'state.json'), `${JSON.stringify(kept)}\n`);
  await syncFolder(places.kept);
}

/** The one moment from which on the new state is the kept one: a link renamed over another. */
export async function switchTo(places: NetworkPlaces, id: number): Promise<void> {
  const draft = `${places.current}.new`;
  await rm(draft, { force: true });
  await symlink(join('kept', basename(folderOf(places, id))), draft);
  await rename(draft, places.current);
  await syncFolder(dirname(places.current));
}

/** Takes away a state that was written down and never became the kept one: the history would show it later on. */
export async function dropKept(places: NetworkPlaces, id: number): Promise<void> {
  if ((await currentId(places)) === id) return;
  await rm(folderOf(places, id), { recursive: true, force: true });
}

export async function readKept(places: NetworkPlaces, id: number): Promise<KeptState | undefined> {
  const text = await readText(join(folderOf(places, id), 'state.json'), LIMIT);
  return text === undefined ? undefined : (JSON.parse(text) as KeptState);
}

/** Drafts beside the files that they will be, by the path that the kept state has them under. */
export type Staged = ReadonlyMap<string, string>;

/**
 * Writes everything that will take room on the disk before the state is the kept one: afterwards drafts are renamed,
 * which a full disk does not refuse.
 */
export async function stageKept(places: NetworkPlaces, kept: KeptState): Promise<Staged> {
  const staged = new Map<string, string>();
  try {
    for (const [wanted, text] of Object.entries(kept.files)) {
      const { path, mode, there } = await placeOf(wanted, text);
      if (!there) staged.set(wanted, await writeDraft(path, text, mode));
    }
    return staged.set(places.applied, await writeDraft(places.applied, appliedText(kept.id)));
  } catch (thrown) {
    for (const draft of staged.values()) await rm(draft, { force: true });
    throw thrown;
  }
}

/**
 * Takes away the drafts of a keeping that never came to its end.
 * @param alone nobody else writes settings now
 */
export async function dropDrafts(places: NetworkPlaces, alone = false): Promise<void> {
  const folders = [DISK_PROFILES, LINK_FILES, dirname(places.applied)];
  for (const folder of alone ? [...folders, dirname(places.nodeIni)] : folders) await removeDrafts(folder);
  await rm(`${places.current}.new`, { force: true });
}

/**
 * Puts the kept state's files where they belong, and says so in `applied`. Nothing happens when they are there.
 * @param staged drafts of some of them
 */
export async function applyKept(places: NetworkPlaces, staged: Staged = new Map()): Promise<boolean> {
  const id = await currentId(places);
  const applied = Number((await readText(places.applied, 64)) ?? 0);
  if (id === 0 || id === applied) return false;
  const kept = await readKept(places, id);
  if (kept === undefined) return false;
  for (const [path, text] of Object.entries(kept.files)) await writeFile(path, text, staged.get(path));
  for (const path of kept.removed) await rm(path, { force: true });
  for (const folder of [DISK_PROFILES, LINK_FILES]) await syncFolder(folder).catch(() => {});
  const draft = staged.get(places.applied);
  await (draft === undefined ? markApplied(places, id) : putDraft(draft, places.applied));
  await dropDrafts(places);
  return true;
}

async function writeFile(wanted: string, text: string, draft?: string): Promise<void> {
  const { path, mode, there } = await placeOf(wanted, text);
  if (there) return;
  // Where NetworkManager gave it another name meanwhile, the draft is none of that folder's file.
  if (draft !== undefined && dirname(draft) === dirname(path)) await putDraft(draft, path);
  else await writeWhole(path, text, mode);
}

/**
 * Where a file of a kept state goes, and whether it is there as it should be. Profiles are root's own; NetworkManager
 * refuses others. One that has a file already keeps its name.
 */
async function placeOf(
  wanted: string,
  text: string,
): Promise<{ path: string; mode: number; there: boolean }> {
  const isProfile = wanted.startsWith(DISK_PROFILES);
  const uuid = /^uuid=(\S+)$/m.exec(text)?.[1];
  const path = (isProfile && uuid !== undefined && (await diskPathsOf([uuid]))[0]) || wanted;
  await ensureFolder(dirname(path), 0o755);
  const there = (await readFile(path, 'utf8').catch(() => undefined)) === text;
  return { path, mode: isProfile ? 0o600 : 0o644, there };
}

/** Files on disk of the profiles with these UUIDs. Hidden ones are none to NetworkManager: drafts of a crash. */
export async function diskPathsOf(uuids: readonly string[]): Promise<string[]> {
  if (uuids.length === 0) return [];
  const names = await readdir(DISK_PROFILES).catch(() => []);
  const paths = names.filter((name) => !name.startsWith('.')).map((name) => join(DISK_PROFILES, name));
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')));
  return paths.filter((_, at) => uuids.some((uuid) => texts[at]?.includes(`uuid=${uuid}`)));
}

export async function markApplied(places: NetworkPlaces, id: number): Promise<void> {
  await writeWhole(places.applied, appliedText(id));
}

const appliedText = (id: number): string => `${id}\n`;

/** Newest first. A folder that cannot be read is left out: the others are still worth having. */
export async function readHistoryEntries(places: NetworkPlaces): Promise<KeptState[]> {
  const last = await currentId(places);
  const ids = (await keptIds(places)).filter((id) => id <= last).sort((a, b) => b - a);
  const states = await Promise.all(ids.map((id) => readKept(places, id).catch(() => undefined)));
  return states.filter((state) => state !== undefined);
}

export async function pruneKept(places: NetworkPlaces): Promise<void> {
  const ids = (await keptIds(places)).sort((a, b) => b - a).slice(KEPT);
  for (const id of ids) await rm(folderOf(places, id), { recursive: true, force: true });
}
