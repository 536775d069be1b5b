import { appendFile, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Executor, Step } from '../../../src/api/plan.ts';
import { same } from '../../../src/api/words.ts';
import { Journal } from '../../../src/controller/journal/journal.ts';
import { DOING } from '../../fakes/doing.ts';

let folder: string;
let world: string[];
const caller = { uid: 0, pid: 1, line: 'tty1', program: 'console' };

interface Put extends Step {
  readonly type: 'put';
  readonly name: string;
  readonly fails?: boolean;
}

const put: Executor<Put> = {
  apply: async ({ name, fails }) => {
    if (fails === true) throw new Error(`${name} does not fit`);
    world.push(name);
  },
  undo: async ({ name }) => {
    world = world.filter((other) => other !== name);
  },
  settle: async ({ name }) => (world.includes(name) ? 'done' : 'not done'),
};

const steps = (...names: string[]): Put[] => names.map((name) => ({ type: 'put', words: same(name), name }));
const fitsAndDoesNot = (): Put[] => [...steps('a'), ...steps('b').map((step) => ({ ...step, fails: true }))];
const change = (list: readonly Step[]) => ({
  caller,
  action: 'test.put',
  plan: { title: same('put things'), steps: list, warnings: [] },
});

function journal(executor: Executor<Put> = put): Journal {
  return new Journal({
    folder,
    executors: { put: executor },
    changed: () => {},
    log: () => {},
  });
}

const go = (list: readonly Step[], by = journal(), signal = new AbortController().signal) =>
  by.carryOut(change(list), { ...DOING, signal, progress() {} });

/** The file of a change that the controller died in, right after this many lines. */
async function diedAfter(lines: object[], tail = ''): Promise<void> {
  await writeFile(
    join(folder, 'change-000000001.jsonl'),
    lines.map((line) => `${JSON.stringify(line)}\n`).join('') + tail,
  );
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-journal-'));
  world = [];
});
afterEach(() => rm(folder, { recursive: true }));

test('a change goes through its steps and leaves nothing to tell', async () => {
  const seen: string[] = [];
  await journal().carryOut(change(steps('a', 'b')), {
    ...DOING,
    progress: (words, fraction) => seen.push(`${words.en} ${fraction}`),
  });
  expect(world).toEqual(['a', 'b']);
  expect(seen).toEqual(['a 0', 'b 0.5']);
  const after = journal();
  expect(await after.recover()).toEqual([]);
  expect(after.findings).toEqual([]);
});

test('when a step fails, those before it are undone and the caller hears why', async () => {
  await expect(go(fitsAndDoesNot())).rejects.toThrow('b does not fit');
  expect(world).toEqual([]);
});

test('a step that nobody carries out is refused before anything is done', async () => {
  await expect(go([...steps('a'), { type: 'unheard', words: same('?') }])).rejects.toThrow('unheard');
  expect(world).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('cancelled between two steps: undone', async () => {
  const abort = new AbortController();
  const stopping: Executor<Put> = {
    ...put,
    apply: async (step, signal) => {
      await put.apply(step, signal);
      abort.abort(new Error('cancelled'));
    },
  };
  await expect(go(steps('a', 'b'), journal(stopping), abort.signal)).rejects.toThrow('cancelled');
  expect(world).toEqual([]);
});

test('what recovery did is told until somebody has read it, over restarts', async () => {
  world = ['a'];
  await diedAfter([{ at: 1, ...change(steps('a', 'b')) }, { apply: 0 }, { applied: 0 }, { apply: 1 }]);
  const first = journal();
  expect(await first.recover()).toMatchObject([{ outcome: 'undone', action: 'test.put' }]);
  expect(world).toEqual([]);
  const second = journal();
  expect(await second.recover()).toEqual([]);
  expect(second.findings).toHaveLength(1);
  await second.acknowledge('change-000000001.jsonl', caller);
  expect(second.findings).toEqual([]);
  const third = journal();
  await third.recover();
  expect(third.findings).toEqual([]);
  await expect(third.acknowledge('change-000000001.jsonl', caller)).rejects.toMatchObject({
    kind: 'notFound',
  });
});

const resumed = (list: readonly Step[]) => {
  const { plan, ...rest } = change(list);
  return { ...rest, plan: { ...plan, resumes: true as const } };
};

test('what resumes keeps what is done: after a failure the caller hears why, after a crash nobody has to read anything', async () => {
  const failing = journal().carryOut(resumed(fitsAndDoesNot()), { ...DOING, progress() {} });
  await expect(failing).rejects.toThrow('b does not fit');
  expect(world).toEqual(['a']);
  const [failed] = await journal().latest(1);
  expect(failed?.end).toMatchObject({ outcome: 'stopped', recovered: false });
  await rm(join(folder, 'change-000000001.jsonl'));
  await diedAfter([{ at: 1, ...resumed(steps('a', 'b')) }, { apply: 0 }, { applied: 0 }, { apply: 1 }]);
  const after = journal();
  expect(await after.recover()).toMatchObject([{ outcome: 'stopped', action: 'test.put' }]);
  expect([world, after.findings]).toEqual([['a'], []]);
  expect(await journal().recover()).toEqual([]);
});

test('what resumes and was done whole is finished, as any change', async () => {
  await diedAfter([{ at: 1, ...resumed(steps('a')) }, { apply: 0 }, { applied: 0 }]);
  expect(await journal().recover()).toMatchObject([{ outcome: 'finished' }]);
});

test('all steps done but the end not written: finished', async () => {
  world = ['a'];
  await diedAfter([{ at: 1, ...change(steps('a')) }, { apply: 0 }]);
  expect(await journal().recover()).toMatchObject([{ outcome: 'finished' }]);
  expect(world).toEqual(['a']);
});

test('a last line that was torn does not count, wherever it is torn', async () => {
  const lines = [{ at: 1, ...change(steps('a', 'b')) }, { apply: 0 }, { applied: 0 }];
  const torn = JSON.stringify({ apply: 1 });
  for (let length = 1; length <= torn.length; length += 1) {
    world = ['a'];
    await diedAfter(lines, torn.slice(0, length));
    expect(await journal().recover()).toMatchObject([{ outcome: 'undone' }]);
    expect(world).toEqual([]);
  }
});

test('a plan that was not even written whole: nothing was begun', async () => {
  await diedAfter([], '{"at":1,"caller":{"ui');
  const by = journal();
  expect(await by.recover()).toEqual([]);
  expect(by.findings).toEqual([]);
});

test('what can be neither finished nor undone stays on the screen and is tried again', async () => {
  world = ['a'];
  await diedAfter([{ at: 1, ...change(steps('a', 'b')) }, { apply: 0 }, { applied: 0 }]);
  const stubborn: Executor<Put> = { ...put, undo: () => Promise.reject(new Error('will not go')) };
  const first = journal(stubborn);
  expect(await first.recover()).toMatchObject([{ outcome: 'stuck' }]);
  await expect(first.acknowledge('change-000000001.jsonl', caller)).rejects.toMatchObject({
    kind: 'notFound',
  });
  const second = journal();
  expect(await second.recover()).toMatchObject([{ outcome: 'undone' }]);
  expect(world).toEqual([]);
});

test('what is stuck is tried again before the next change about the same thing, and not before others', async () => {
  world = ['a'];
  const half = { about: 'things it', ...change(steps('a', 'b')) };
  await diedAfter([{ at: 1, ...half }, { apply: 0 }, { applied: 0 }]);
  let mayGo = false;
  const undo: Executor<Put>['undo'] = async (step, on) => {
    if (!mayGo) throw new Error('will not go');
    await put.undo(step, on);
  };
  const by = journal({ ...put, undo });
  expect(await by.recover()).toMatchObject([{ outcome: 'stuck', about: 'things it' }]);
  mayGo = true;
  await by.carryOut({ ...change(steps('c')), about: 'things other' }, { ...DOING, progress() {} });
  expect([world, by.findings]).toMatchObject([['a', 'c'], [{ outcome: 'stuck' }]]);
  await by.carryOut({ ...change(steps('a')), about: 'things it' }, { ...DOING, progress() {} });
  expect([world, by.findings]).toMatchObject([['c', 'a'], [{ outcome: 'undone' }]]);
  await by.recover();
  expect(world).toEqual(['c', 'a']);
});

test('what was stuck and goes on when it is made again is stuck no more', async () => {
  await diedAfter([{ at: 1, ...resumed(steps('a', 'b')) }, { apply: 0 }]);
  let isThere = false;
  const settle: Executor<Put>['settle'] = async () => {
    if (!isThere) throw new Error('not there');
    return 'not done';
  };
  const by = journal({ ...put, settle });
  await by.recover();
  expect(by.findings).toMatchObject([{ outcome: 'stuck' }]);
  isThere = true;
  expect(await by.recover()).toMatchObject([{ outcome: 'stopped' }]);
  expect(by.findings).toEqual([]);
});

test('a damaged file is not guessed at', async () => {
  await diedAfter([{ at: 1, ...change(steps('a')) }], 'nonsense\n{"apply":0}\n');
  expect(await journal().recover()).toMatchObject([{ outcome: 'stuck' }]);
});

test('a failure whose undo fails too says both, and stays on the screen', async () => {
  const stubborn: Executor<Put> = { ...put, undo: () => Promise.reject(new Error('will not go')) };
  const by = journal(stubborn);
  await expect(go(fitsAndDoesNot(), by)).rejects.toMatchObject({
    message: expect.stringMatching(/b does not fit.*Now: will not go/),
    half: true,
    next: { en: expect.stringContaining('tried again every minute') },
  });
  expect(by.findings).toMatchObject([{ outcome: 'stuck' }]);
});

test('what a reboot mends says so', async () => {
  const volatile: Executor<Put> = {
    ...put,
    rebootMends: true,
    undo: () => Promise.reject(new Error('will not go')),
  };
  const by = journal(volatile);
  await expect(go(fitsAndDoesNot(), by)).rejects.toMatchObject({ half: true });
  expect(by.halfDone).toMatchObject([
    { rebootMends: true, next: { en: expect.stringContaining('A reboot (F12) brings back') } },
  ]);
});

test('no folder to write into: refused before anything is done', async () => {
  await writeFile(join(folder, 'file'), '');
  const by = new Journal({
    folder: join(folder, 'file'),
    executors: { put },
    changed: () => {},
    log: () => {},
  });
  await expect(go(steps('a'), by)).rejects.toMatchObject({ message: expect.any(String) });
  expect(world).toEqual([]);
});

test('the disk fills up in the middle: what was done is undone all the same', async () => {
  const handle = await open('/dev/null');
  const kind = Object.getPrototypeOf(handle) as { datasync(): Promise<void> };
  await handle.close();
  const { datasync } = kind;
  for (let fails = 1; fails <= 3; fails += 1) {
    let calls = 0;
    const spy = vi.spyOn(kind, 'datasync').mockImplementation(function (this: object) {
      calls += 1;
      const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      return calls >= fails ? Promise.reject(full) : datasync.call(this);
    });
    await expect(go(steps('a', 'b'))).rejects.toThrow(/^(not done, .*|undone): .*disk is full$/);
    spy.mockRestore();
    expect(world, `full at ${fails}`).toEqual([]);
    await journal().recover();
    expect(world, `after recovery, full at ${fails}`).toEqual([]);
    for (const name of await readdir(folder)) await rm(join(folder, name));
  }
});

test('a decided change is done, also when that cannot be written down or its last step stumbles', async () => {
  const deciding: Executor<Put> = {
    ...put,
    decides: true,
    apply: async (step) => {
      world.push(step.name);
      if (step.fails === true) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    },
  };
  const by = journal(deciding);
  await go([...steps('a'), ...steps('b').map((step) => ({ ...step, fails: true }))], by);
  expect(world).toEqual(['a', 'b']);
  expect(by.findings).toEqual([]);
  await journal(deciding).recover();
  expect(world).toEqual(['a', 'b']);
  // Its earlier steps are undone as ever.
  const early = [...steps('c').map((step) => ({ ...step, fails: true })), ...steps('d')];
  await expect(go(early, by)).rejects.toThrow('undone: the disk is full');
  expect(world).toEqual(['a', 'b']);
});

test('ended changes are kept to a bounded number', async () => {
  const by = journal();
  for (let index = 0; index < 60; index += 1) await go([], by);
  await journal().recover();
  expect(await readdir(folder)).toHaveLength(50);
  await appendFile(join(folder, 'unrelated.txt'), '');
  await go(steps('a'));
  expect((await readdir(folder)).sort().at(-2)).toBe('change-000000061.jsonl');
});
