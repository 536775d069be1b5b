import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Executor, Step } from '../../../src/api/plan.ts';
import { same } from '../../../src/api/words.ts';
import { Journal } from '../../../src/controller/journal/journal.ts';

/**
 * A change of three steps on a small world of files, in a process that kills itself at the nth point: before and after
 * each sync of the journal, and inside each step.
 *   journal-child.ts FOLDER change|recover KILL_AT FAIL_AT
 */
const [, , folder = '', mode = '', killAt = '0', failAt = '0'] = process.argv;
let points = 0;

function point(): void {
  points += 1;
  if (points === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

interface SetFile extends Step {
  readonly type: 'set';
  readonly file: string;
}

const place = (step: SetFile): string => join(folder, step.file);

function set(step: SetFile, value: string): void {
  writeFileSync(`${place(step)}.tmp`, value);
  point();
  renameSync(`${place(step)}.tmp`, place(step));
  point();
}

const executor: Executor<SetFile> = {
  apply: async (step) => {
    point();
    if (failAt === step.file) throw new Error(`step ${step.file} fails`);
    set(step, 'new');
    if (failAt === `${step.file}-late`) throw new Error(`step ${step.file} fails late`);
  },
  undo: async (step) => set(step, 'old'),
  settle: async (step) => (readFileSync(place(step), 'utf8') === 'new' ? 'done' : 'not done'),
};

async function killAroundSyncs(): Promise<void> {
  const handle = await open('/dev/null');
  const kind = Object.getPrototypeOf(handle) as { datasync(): Promise<void> };
  const { datasync } = kind;
  kind.datasync = async function (this: object) {
    point();
    await datasync.call(this);
    point();
  };
  await handle.close();
}

await killAroundSyncs();
const journal = new Journal({
  folder: join(folder, 'journal'),
  executors: { set: executor },
  changed: () => {},
  log: () => {},
});
const settled = await journal.recover();
if (mode === 'change') {
  const files = ['1', '2', '3'];
  for (const file of files) if (!existsSync(join(folder, file))) writeFileSync(join(folder, file), 'old');
  const steps = files.map((file) => ({ type: 'set', words: same(file), file }));
  const caller = { uid: 0, pid: process.pid, line: '-', program: 'script' };
  const change = { caller, action: 'test.set', plan: { title: same('test'), steps, warnings: [] } };
  await journal
    .carryOut(change, { signal: new AbortController().signal, given: undefined, progress() {} })
    .catch((error) => console.error(error.message));
}
console.log(JSON.stringify({ points, outcomes: settled.map(({ outcome }) => outcome) }));
