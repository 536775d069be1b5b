import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Executor } from '../../../src/api/plan.ts';
import { same } from '../../../src/api/words.ts';
import { Journal } from '../../../src/controller/journal/journal.ts';
import { LatestChanges } from '../../../src/controller/journal/latest.ts';

let folder: string;
let latest: LatestChanges;
let journal: Journal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-latest-'));
  const apply = async (step: { type: string }) => {
    if (step.type === 'fail') throw new Error('it does not fit');
  };
  const executor: Executor = { apply, undo: async () => {}, settle: async () => 'not done' };
  journal = new Journal({
    folder,
    executors: new Map([
      ['put', executor],
      ['fail', executor],
    ]),
    changed() {},
    written: () => void latest.read(),
    log() {},
  });
  latest = new LatestChanges(
    journal,
    () => {},
    () => {},
  );
});
afterEach(() => rm(folder, { recursive: true }));

function change(title: string, type: string): Promise<void> {
  const caller = { uid: 0, pid: 1, line: 'tty1', program: 'console' };
  const plan = { title: same(title), steps: [{ type, words: same(type) }], warnings: [] };
  return journal.carryOut({ caller, action: 'test.put', plan }, new AbortController().signal, () => {});
}

test('what was made and what was taken back is told with its author, the latest first', async () => {
  await change('first', 'put');
  await change('second', 'fail').catch(() => {});
  await latest.read();
  const who = { program: 'console', line: 'tty1', uid: 0 };
  expect(latest.facts).toMatchObject([
    { title: { en: 'second' }, who, outcome: 'undone' },
    { title: { en: 'first' }, who, outcome: 'finished' },
  ]);
});

test('one that cannot be read hides no other', async () => {
  await change('first', 'put');
  await writeFile(join(folder, 'change-000000002.jsonl'), 'nonsense\n');
  await latest.read();
  expect(latest.facts).toMatchObject([{ title: { en: 'first' } }]);
});
