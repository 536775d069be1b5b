import { mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Words } from '../../../api/words.ts';
import { ensureFolder, readText, removeDrafts, syncFolder, writeWhole } from '../../../system/files.ts';
import { DISK_PROFILES, LINK_FILES, type NetworkPlaces } from './places.ts';
import type { LiveState } from './record.ts';
import type { NetworkState } from './schema/state.ts';
import type { HistoryEntry } from './schema.ts';

/** One kept state, as a whole: what it is, and the files that make it. */
export interface KeptState extends HistoryEntry {
  state: NetworkState;
  /** How the links were when it was kept; absent for a state that was only found, or made by a reset. */
  live?: LiveState;
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

export async function readKept(places: NetworkPlaces, id: number): Promise<KeptState | undefined> {
  const text = await readText(join(folderOf(places, id), 'state.json'), LIMIT);
  return text === undefined ? undefined : (JSON.parse(text) as KeptState);
}

/** Puts the kept state's files where they belong, and says so in `applied`. Nothing happens when they are there. */
export async function applyKept(places: NetworkPlaces): Promise<boolean> {
  const id = await currentId(places);
  const applied = Number((await readText(places.applied, 64)) ?? 0);
  if (id === 0 || id === applied) return false;
  const kept = await readKept(places, id);
  if (kept === undefined) return false;
  for (const [path, text] of Object.entries(kept.files)) await writeFile(path, text);
  for (const path of kept.removed) await rm(path, { force: true });
  for (const folder of [DISK_PROFILES, LINK_FILES]) {
    await removeDrafts(folder);
    await syncFolder(folder).catch(() => {});
  }
  await markApplied(places, id);
  return true;
}

/** Profiles are root's own; NetworkManager refuses others. One that has a file already keeps its name. */
async function writeFile(wanted: string, text: string): Promise<void> {
  const isProfile = wanted.startsWith(DISK_PROFILES);
  const uuid = /^uuid=(\S+)$/m.exec(text)?.[1];
  const path = (isProfile && uuid !== undefined && (await diskPathsOf([uuid]))[0]) || wanted;
  await ensureFolder(dirname(path), 0o755);
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  await writeWhole(path, text, isProfile ? 0o600 : 0o644);
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
  await writeWhole(places.applied, `${id}\n`);
}

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

/** What to write down about a change besides the state itself. */
export interface Reason {
  who: string;
  title: Words;
  why: string;
}
