import { join } from 'node:path';
import { byName } from '../../api/by-name.ts';
import type { Executor, Plan, Step } from '../../api/plan.ts';
import type { Words } from '../../api/words.ts';
import { readText } from '../../system/files.ts';
import type { Guest } from './plan/pxe-files.ts';
import { EXTENSION, keepRecord, LIMIT, namesIn } from './records.ts';

/** Writes down, or forgets, what is to be installed on a machine that the cluster keeps. */
export interface KeepProvisioned extends Step {
  readonly type: 'bareMetal.keepProvisioned';
  /** Its uuid in the cluster. */
  readonly chassis: string;
}

export interface KeptProvisioned {
  /** null: it is forgotten. */
  record: Guest | null;
}

const pathOf = (folder: string, chassis: string): string => join(folder, `${chassis}${EXTENSION}`);

export const provisionPlan = (chassis: string, words: Words): Plan<KeepProvisioned> => ({
  title: words,
  steps: [{ type: 'bareMetal.keepProvisioned', chassis, words }],
  warnings: [],
});

/** @param changed told after each writing */
export const keepProvisioned = (
  folder: string,
  changed: () => Promise<void>,
): Executor<KeepProvisioned, KeptProvisioned> =>
  keepRecord(({ chassis }) => pathOf(folder, chassis), changed);

/** What is to be installed on such a machine, or was; undefined where nothing is kept of it. */
export async function provisionedOf(folder: string, chassis: string): Promise<Guest | undefined> {
  const text = await readText(pathOf(folder, chassis), LIMIT);
  return text === undefined ? undefined : (JSON.parse(text) as Guest);
}

/** All of them, with their uuids. */
export async function readAllProvisioned(folder: string): Promise<(Guest & { chassis: string })[]> {
  const uuids = (await namesIn(folder)).sort(byName);
  const records = await Promise.all(uuids.map((chassis) => provisionedOf(folder, chassis)));
  return records.flatMap((record, at) =>
    record === undefined ? [] : [{ ...record, chassis: uuids[at] ?? '' }],
  );
}
