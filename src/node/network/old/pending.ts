import { rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureFolder, readText, removeDrafts, syncFolder, writeWhole } from '../../../system/files.ts';
import type { ImportPlan } from './decide.ts';
import { ASIDE, type OldPlaces } from './places.ts';
import type { Put } from './put.ts';

/** What is being taken over. From the moment that it is on the disk the new network holds, before it the old one. */
interface Pending {
  puts: Put[];
  moves: [from: string, to: string][];
}

const LIMIT = 16 * 1024 * 1024;
const pathOf = ({ scripts }: OldPlaces): string => join(scripts, ASIDE, '.pending');

/** Takes over what the plan says: as a whole, whenever the power goes. */
export async function carryOut(plan: ImportPlan, places: OldPlaces): Promise<void> {
  const puts = [...plan.names, ...plan.links.map(({ put }) => put)];
  if (puts.length + plan.moves.length === 0) return;
  await ensureFolder(dirname(pathOf(places)), 0o755);
  await writeWhole(pathOf(places), JSON.stringify({ puts, moves: plan.moves } satisfies Pending));
  await goOn(places);
}

/** Ends what an earlier run began; nothing when none did. */
export async function goOn(places: OldPlaces): Promise<void> {
  const text = await readText(pathOf(places), LIMIT);
  if (text === undefined) return;
  const { puts, moves } = JSON.parse(text) as Pending;
  await putAll(puts, places);
  for (const [from, to] of moves) {
    const isThere = await stat(from).catch(() => undefined);
    if (isThere !== undefined) await rename(from, to);
  }
  for (const folder of new Set(moves.flat().map((path) => dirname(path)))) await syncFolder(folder);
  await rm(pathOf(places));
  await syncFolder(dirname(pathOf(places)));
}

/** All of them or none: where there is no room for one, those before it go as well, and the old files stay. */
async function putAll(puts: readonly Put[], places: OldPlaces): Promise<void> {
  try {
    for (const folder of new Set(puts.map(({ path }) => dirname(path)))) {
      await ensureFolder(folder, 0o755);
      await removeDrafts(folder);
    }
    for (const { path, text, mode } of puts) await writeWhole(path, text, mode);
  } catch (thrown) {
    for (const { path } of puts) await rm(path, { force: true });
    await rm(pathOf(places));
    throw thrown;
  }
}
