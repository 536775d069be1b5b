import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { everyNth } from '../moments.ts';

const NODE = resolve('node_modules/.bin/node');
const CHILD = resolve(import.meta.dirname, 'journal-child.ts');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-journal-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Run {
  killed: boolean;
  points: number;
  outcomes: string[];
}

async function child(mode: 'change' | 'recover', killAt: number, failAt = '0'): Promise<Run> {
  const process = spawn(NODE, [CHILD, folder, mode, String(killAt), failAt], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  process.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const [code, signal] = await once(process, 'close');
  if (signal === 'SIGKILL') return { killed: true, points: 0, outcomes: [] };
  expect(code).toBe(0);
  return { killed: false, ...JSON.parse(text) };
}

/** The values of the three files; a world that was not begun is old. */
async function world(): Promise<string> {
  const values = await Promise.all(
    ['1', '2', '3'].map((file) => readFile(join(folder, file), 'utf8').catch(() => 'old')),
  );
  return values.join(' ');
}

const OLD = 'old old old';
const NEW = 'new new new';

async function clean(): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
}

test('killed at each point of a change: after recovery all is old, or all is new', async () => {
  const { points } = await child('change', 0);
  expect(await world()).toBe(NEW);
  expect(points).toBeGreaterThan(15);
  const ends = new Set<string>();
  for (const at of new Set([...everyNth(points, 5), points])) {
    await clean();
    expect((await child('change', at)).killed).toBe(true);
    const { outcomes } = await child('recover', 0);
    const after = await world();
    ends.add(after);
    expect([OLD, NEW], `killed at ${at}`).toContain(after);
    if (outcomes.length > 0) expect(outcomes).toEqual([after === NEW ? 'finished' : 'undone']);
    expect((await child('recover', 0)).outcomes).toEqual([]);
  }
  expect(ends).toEqual(new Set([OLD, NEW]));
}, 120_000);

test('killed at each point of a recovery: the next recovery ends it', async () => {
  const { points } = await child('change', 0);
  for (const share of [0.4, 0.6, 0.9]) {
    const at = Math.floor(points * share);
    const changeKilled = async () => {
      await clean();
      expect((await child('change', at)).killed).toBe(true);
    };
    await changeKilled();
    const recovery = await child('recover', 0);
    for (const again of everyNth(recovery.points, 4)) {
      await changeKilled();
      expect((await child('recover', again)).killed).toBe(true);
      await child('recover', 0);
      expect([OLD, NEW], `killed at ${at}, then at ${again}`).toContain(await world());
    }
  }
}, 120_000);

test.each(['2', '3', '3-late'])(
  'step %s fails, and the process is killed while it undoes: all is old',
  async (failAt) => {
    const { points } = await child('change', 0, failAt);
    expect(await world()).toBe(OLD);
    const half = Math.floor(points / 2);
    for (const at of everyNth(points - half, 4).map((nth) => half + nth)) {
      await clean();
      expect((await child('change', at, failAt)).killed).toBe(true);
      const before = await world();
      await child('recover', 0);
      // A step that fails after all was done may have been killed before the failure was known: then all is new.
      expect(failAt === '3-late' && before === NEW ? [OLD, NEW] : [OLD]).toContain(await world());
    }
  },
  120_000,
);
