import { readdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Executor, type Kept, keepsake, type Step } from '../../api/plan.ts';
import { codeOf } from '../../system/errno.ts';
import { ensureFolder, readText, syncFolder, writeWhole } from '../../system/files.ts';

export const LIMIT = 64 * 1024;
export const EXTENSION = '.json';

/** Of what records are kept in a folder, a file each. */
export async function namesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch((error) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  return files.filter((file) => file.endsWith(EXTENSION)).map((file) => file.slice(0, -EXTENSION.length));
}

const BEFORE = keepsake<{ text: string | null }>('machine');

/**
 * Writes a record into its file, for root alone, or removes it (null).
 * @param changed told after each writing
 */
export function keepRecord<S extends Step>(
  pathOf: (step: S) => string,
  changed: () => Promise<void>,
): Executor<S, { record: object | null }> {
  const read = async (step: S) => (await readText(pathOf(step), LIMIT)) ?? null;
  const isAsBefore = async (step: S, kept: Kept) => {
    const before = await kept.find(BEFORE);
    return before === undefined || before.text === (await read(step));
  };
  return {
    async apply(step, { given, kept }) {
      await kept.keep(BEFORE, { text: await read(step) });
      await put(pathOf(step), given.record === null ? null : JSON.stringify(given.record));
      await changed();
    },
    async undo(step, { kept }) {
      if (await isAsBefore(step, kept)) return;
      await put(pathOf(step), (await kept.read(BEFORE)).text);
      await changed();
    },
    settle: async (step, { kept }) => ((await isAsBefore(step, kept)) ? 'not done' : 'done'),
  };
}

async function put(path: string, text: string | null): Promise<void> {
  await ensureFolder(dirname(path));
  if (text !== null) return writeWhole(path, text);
  await rm(path, { force: true });
  await syncFolder(dirname(path));
}
