import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Step } from '../../api/plan.ts';
import { readText } from '../../system/files.ts';
import { readStory } from './file.ts';
import { KeptFiles } from './kept.ts';

const FILE_LIMIT = 64 * 1024 * 1024;
const ENGINE = '-database';

/** By which names steps of versions before kept what lay under their `id`, and under that with an ending. */
const NAMES: Readonly<Record<string, { own?: readonly string[]; engine?: string }>> = {
  'database.keepAccount': { own: ['account', 'configuration'] },
  'broker.keepUser': { own: ['user', 'configuration'] },
  'services.keepSettings': { own: ['settings'] },
  'restore.stopService': { own: ['service'] },
  'reset.stopService': { own: ['service'] },
  'restore.stage': { engine: 'engine' },
  'reset.emptyDatabase': { engine: 'engine' },
};

/**
 * Earlier versions kept what changes need to go back in folders of its own, by ids in their steps. A change that such a
 * version left open finds it beside its journal, and the folders go. Cut off, it does the same again.
 * @param folder that of the journal; the others lay beside it
 */
export async function adoptKept(folder: string, names: readonly string[]): Promise<void> {
  const before = join(dirname(folder), 'keepsakes');
  const accounts = join(dirname(folder), 'accounts');
  if (!existsSync(before) && !existsSync(accounts)) return;
  for (const name of names) {
    const story = await readStory(folder, name).catch(() => undefined);
    const kept = new KeptFiles(folder, name);
    for (const step of story?.change.plan.steps ?? []) await adopt(kept, step, before, accounts);
  }
  for (const left of [before, accounts]) await rm(left, { recursive: true, force: true });
}

async function adopt(kept: KeptFiles, step: Step, before: string, accounts: string): Promise<void> {
  const { id } = step as Step & { id?: unknown };
  const { own = [], engine } = NAMES[step.type] ?? {};
  for (const name of own) await take(kept, name, join(before, `${id}.json`));
  if (engine !== undefined) await take(kept, engine, join(before, `${id}${ENGINE}.json`));
  const field =
    step.type === 'accounts.setRootPassword'
      ? await readText(join(accounts, 'root-before'), FILE_LIMIT)
      : undefined;
  if (field !== undefined) await kept.keep({ name: 'root-password' }, { field });
}

async function take(kept: KeptFiles, name: string, path: string): Promise<void> {
  const text = await readText(path, FILE_LIMIT);
  if (text !== undefined) await kept.keep({ name }, JSON.parse(text));
}
