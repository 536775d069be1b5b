import { join } from 'node:path';
import { byName } from '../../api/by-name.ts';
import type { Executor, Plan, Step } from '../../api/plan.ts';
import type { Words } from '../../api/words.ts';
import { readText } from '../../system/files.ts';
import { EXTENSION, keepRecord, LIMIT, namesIn } from './records.ts';
import type { Installation } from './schema/install.ts';
import type { Machine } from './schema.ts';

/** A machine as it is kept, a file each, for root alone. */
export interface MachineRecord extends Machine {
  password: string;
  /** Absent: nothing is to be installed on it. */
  installation?: Installation;
}

/** Writes a machine down or forgets it. What is written comes beside the plan: a password is in it. */
export interface KeepMachine extends Step {
  readonly type: 'bareMetal.keepMachine';
  readonly name: string;
}

export interface KeptMachine {
  /** null: it is forgotten. */
  record: MachineRecord | null;
}

const pathOf = (folder: string, name: string): string => join(folder, `${name}${EXTENSION}`);

export const keepPlan = (name: string, words: Words): Plan<KeepMachine> => ({
  title: words,
  steps: [{ type: 'bareMetal.keepMachine', name, words }],
  warnings: [],
});

/** All machines, by their names. */
export async function readMachines(folder: string): Promise<MachineRecord[]> {
  const names = (await namesIn(folder)).sort(byName);
  const records = await Promise.all(names.map((name) => findMachine(folder, name)));
  // One may have been forgotten meanwhile.
  return records.filter((record) => record !== undefined);
}

/** Undefined where none of that name was added. */
export async function findMachine(folder: string, name: string): Promise<MachineRecord | undefined> {
  const text = await readText(pathOf(folder, name), LIMIT);
  return text === undefined ? undefined : (JSON.parse(text) as MachineRecord);
}

/** @param changed told after each writing */
export const keepMachine = (
  folder: string,
  changed: () => Promise<void>,
): Executor<KeepMachine, KeptMachine> => keepRecord(({ name }) => pathOf(folder, name), changed);
