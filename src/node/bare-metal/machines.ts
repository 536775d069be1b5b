import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { byName } from '../../api/by-name.ts';
import { Fault } from '../../api/fault.ts';
import { type Executor, type Kept, keepsake, type Plan, type Step } from '../../api/plan.ts';
import { say, type Words } from '../../api/words.ts';
import { codeOf } from '../../system/errno.ts';
import { ensureFolder, readText, syncFolder, writeWhole } from '../../system/files.ts';
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

const LIMIT = 64 * 1024;
const EXTENSION = '.json';
const pathOf = (folder: string, name: string): string => join(folder, `${name}${EXTENSION}`);

export const keepPlan = (name: string, words: Words): Plan<KeepMachine> => ({
  title: words,
  steps: [{ type: 'bareMetal.keepMachine', name, words }],
  warnings: [],
});

/** All machines, by their names. */
export async function readMachines(folder: string): Promise<MachineRecord[]> {
  const files = await readdir(folder).catch((error) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const names = files
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length));
  return Promise.all(names.sort(byName).map((name) => readMachine(folder, name)));
}

/** Throws `notFound`. */
export async function readMachine(folder: string, name: string): Promise<MachineRecord> {
  const text = await readText(pathOf(folder, name), LIMIT);
  if (text !== undefined) return JSON.parse(text) as MachineRecord;
  throw new Fault('notFound', say(`there is no machine ${name}`, `没有机器 ${name}`), {
    field: 'name',
    next: say('zstack-ctl machines lists them', '用 zstack-ctl machines 列出'),
  });
}

const BEFORE = keepsake<{ text: string | null }>('machine');

/** @param changed told after each writing */
export const keepMachine = (
  folder: string,
  changed: () => Promise<void>,
): Executor<KeepMachine, KeptMachine> => {
  const read = async (name: string) => (await readText(pathOf(folder, name), LIMIT)) ?? null;
  const isAsBefore = async (name: string, kept: Kept) => {
    const before = await kept.find(BEFORE);
    return before === undefined || before.text === (await read(name));
  };
  return {
    async apply({ name }, { given, kept }) {
      await kept.keep(BEFORE, { text: await read(name) });
      await put(folder, name, given.record === null ? null : JSON.stringify(given.record));
      await changed();
    },
    async undo({ name }, { kept }) {
      if (await isAsBefore(name, kept)) return;
      await put(folder, name, (await kept.read(BEFORE)).text);
      await changed();
    },
    settle: async ({ name }, { kept }) => ((await isAsBefore(name, kept)) ? 'not done' : 'done'),
  };
};

async function put(folder: string, name: string, text: string | null): Promise<void> {
  await ensureFolder(folder);
  if (text !== null) return writeWhole(pathOf(folder, name), text);
  await rm(pathOf(folder, name), { force: true });
  await syncFolder(folder);
}
