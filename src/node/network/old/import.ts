import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { say, type Words } from '../../../api/words.ts';
import { writeWhole } from '../../../system/files.ts';
import { profileProblem } from './check.ts';
import { type ImportPlan, planImport } from './decide.ts';
import { carryOut, goOn } from './pending.ts';
import type { OldPlaces } from './places.ts';
import { type Problem, problemWords } from './problem.ts';
import { type OldFiles, readOld } from './read.ts';

const PLUGIN = 'libnm-settings-plugin-ifcfg-rh.so';

/**
 * Before NetworkManager starts: the older generation's connections and names become its own and ours, and their files
 * go aside. What is not understood whole stays where it is, with all that needs it, and so does what somebody has
 * already. Cut off at any point, the old network or the new one is there, and the next run goes on.
 * @returns a line for each thing that was done, or was not and why.
 */
export async function importOld(places: OldPlaces): Promise<Words[]> {
  await goOn(places);
  const files = await readOld(places);
  const plan = await checkedPlan(files, places);
  await carryOut(plan, places);
  if (plan.hostname !== undefined) await writeWhole(places.hostname, `${plan.hostname}\n`, 0o644);
  return [...plan.done, ...plan.left.map(problemWords)];
}

const NEXT_BOOT = say('waits for the next boot', '等待下次启动');

/** What stays in place, and why: as `importOld` would leave it now. Nothing where NetworkManager reads it itself. */
export async function leftOf(places: OldPlaces): Promise<Problem[]> {
  const { links, left } = await checkedPlan(await readOld(places), places);
  return [...left, ...links.map(({ link }) => ({ file: link.unit.main.file, words: NEXT_BOOT }))];
}

/** Where NetworkManager reads the old files itself, only names are ours to take over. */
async function checkedPlan(files: OldFiles, places: OldPlaces): Promise<ImportPlan> {
  if (await hasPlugin(places)) return planImport({ ...files, scripts: new Map(), staticRoutes: '' }, places);
  const plan = planImport(files, places);
  const refused: Problem[] = [];
  for (const { put, link } of plan.links) {
    const words = await profileProblem(put.text);
    if (words !== undefined) refused.push({ file: link.unit.main.file, words });
  }
  return refused.length === 0 ? plan : planImport(files, places, refused);
}

export async function hasPlugin({ plugins }: OldPlaces): Promise<boolean> {
  const found = await Promise.all(
    plugins.map(async (folder) =>
      (await readdir(folder, { recursive: true }).catch(() => [])).map((name) => basename(name)),
    ),
  );
  return found.flat().includes(PLUGIN);
}
