import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Executor, keepsake, type Step } from '../../../src/api/plan.ts';
import { same } from '../../../src/api/words.ts';
import { Journal } from '../../../src/controller/journal/journal.ts';
import { DOING } from '../../fakes/doing.ts';

interface Put extends Step {
  readonly type: 'put';
  readonly value: string;
}

const BEFORE = keepsake<{ value: string }>('before');
const caller = { uid: 0, pid: 1, line: 'tty1', program: 'console' };
const NAME = 'change-000000001';

let data: string;
let world: string;
let forgotten: number;

/** Sets the one value of this world; what it was before is kept, not written down. */
const put: Executor<Put> = {
  async apply({ value }, { kept }) {
    await kept.keep(BEFORE, { value: world });
    world = value;
    if (value === 'bad') throw new Error('it does not fit');
  },
  async undo(_step, { kept }) {
    world = (await kept.read(BEFORE)).value;
  },
  settle: async (_step, { kept }) => ((await kept.find(BEFORE)) === undefined ? 'not done' : 'done'),
  async forget(_step, kept) {
    expect(await kept.find(BEFORE)).toBeDefined();
    forgotten += 1;
  },
};

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'zs-kept-'));
  [world, forgotten] = ['first', 0];
});
afterEach(() => rmSync(data, { recursive: true }));

const folder = () => join(data, 'journal');
const journal = (executor: Executor<Put> = put) =>
  new Journal({ folder: folder(), executors: { put: executor }, changed() {}, log() {} });

const planOf = (...values: string[]) => ({
  title: same('put'),
  steps: values.map((value) => ({ type: 'put', words: same(value), value })),
  warnings: [],
});

async function go(values: string[], by = journal()): Promise<void> {
  await by.recover();
  await by.carryOut({ caller, action: 'test.put', plan: planOf(...values) }, { ...DOING, progress() {} });
}

/** The journal of a change that the controller died in. */
function died(...lines: object[]): void {
  mkdirSync(folder(), { recursive: true });
  const text = [{ at: 1, caller, action: 'test.put', plan: planOf('next', 'more') }, ...lines];
  writeFileSync(join(folder(), `${NAME}.jsonl`), text.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

const keptBefore = (value: string) =>
  writeFileSync(join(folder(), `${NAME}.before.kept`), JSON.stringify({ value }));

test('what is kept is root’s alone while the change runs, and gone with its end', async () => {
  let mode = 0;
  await go(
    ['next'],
    journal({
      ...put,
      apply: async (step, on) => {
        await put.apply(step, on);
        mode = statSync(join(folder(), `${NAME}.before.kept`)).mode;
      },
    }),
  );
  expect([mode & 0o777, world, forgotten]).toEqual([0o600, 'next', 1]);
  expect(readdirSync(folder())).toEqual([`${NAME}.jsonl`]);
});

test('a change that fails goes back by it, and nothing stays', async () => {
  await expect(go(['bad'])).rejects.toThrow('it does not fit');
  expect([world, forgotten]).toEqual(['first', 0]);
  expect(readdirSync(folder())).toEqual([`${NAME}.jsonl`]);
});

test('after a crash it is there to go back by', async () => {
  died({ apply: 0 });
  keptBefore('long ago');
  expect(await journal().recover()).toMatchObject([{ outcome: 'undone' }]);
  expect(world).toBe('long ago');
  expect(readdirSync(folder())).toEqual([`${NAME}.jsonl`]);
});

test('what is stuck keeps it until it can go back', async () => {
  died({ apply: 0 });
  keptBefore('long ago');
  const stubborn = { ...put, undo: () => Promise.reject(new Error('not now')) };
  expect(await journal(stubborn).recover()).toMatchObject([{ outcome: 'stuck' }]);
  expect(readdirSync(folder())).toContain(`${NAME}.before.kept`);
  expect(await journal().recover()).toMatchObject([{ outcome: 'undone' }]);
  expect(world).toBe('long ago');
});

test('what is in the way of forgetting is no failure of the change: the next start forgets', async () => {
  await go(['next'], journal({ ...put, forget: () => Promise.reject(new Error('the server is away')) }));
  expect(world).toBe('next');
  expect(readdirSync(folder())).toContain(`${NAME}.before.kept`);
  expect(await journal().recover()).toEqual([]);
  expect(forgotten).toBe(1);
  expect(readdirSync(folder())).toEqual([`${NAME}.jsonl`]);
});

test('cut off between its end and the forgetting: the next start forgets', async () => {
  died({ end: 'finished', recovered: false, at: 2 });
  keptBefore('first');
  await journal().recover();
  expect([forgotten, readdirSync(folder())]).toEqual([2, [`${NAME}.jsonl`]]);
});

test('a change that an earlier version left open finds what that kept elsewhere', async () => {
  mkdirSync(folder(), { recursive: true });
  mkdirSync(join(data, 'keepsakes'));
  mkdirSync(join(data, 'accounts'));
  const steps = [
    { type: 'accounts.setRootPassword', words: same('root'), ticket: 't', before: 'hash' },
    { type: 'restore.stage', id: 'r', words: same('stage') },
    { type: 'restore.stopService', id: 'r', words: same('stop') },
    { type: 'database.keepAccount', id: 'd', words: same('keep') },
  ];
  const plan = { title: same('old'), steps, warnings: [] };
  writeFileSync(join(folder(), `${NAME}.jsonl`), `${JSON.stringify({ at: 1, caller, action: 'x', plan })}\n`);
  writeFileSync(join(data, 'accounts/root-before'), '$y$old');
  for (const [name, value] of [
    ['r', 1],
    ['r-database', 2],
    ['d', 3],
  ])
    writeFileSync(join(data, `keepsakes/${name}.json`), JSON.stringify({ value }));
  const found: Record<string, unknown> = {};
  const look: Executor = {
    apply: async () => {},
    undo: async () => {},
    async settle(_step, { kept }) {
      for (const name of ['root-password', 'engine', 'service', 'account', 'configuration'])
        found[name] = await kept.find({ name });
      throw new Error('stays open');
    },
  };
  writeFileSync(join(folder(), `${NAME}.jsonl`), '{"apply":0}\n', { flag: 'a' });
  const executors = Object.fromEntries(steps.map(({ type }) => [type, look]));
  await new Journal({ folder: folder(), executors, changed() {}, log() {} }).recover();
  expect(found).toEqual({
    'root-password': { field: '$y$old' },
    engine: { value: 2 },
    service: { value: 1 },
    account: { value: 3 },
    configuration: { value: 3 },
  });
  expect(readdirSync(data)).toEqual(['journal']);
});
