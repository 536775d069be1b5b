import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { same } from '../../../src/api/words.ts';
import { StorageKeeper } from '../../../src/controller/storage-keeper.ts';
import { Storages } from '../../../src/node/storage/local/storages.ts';

const STORAGE = '5'.repeat(32);
const OTHER = '6'.repeat(32);

let folder: string;
let storages: Storages;
/** What the cluster was told, and what it answers next. */
let told: string[];
let answer: Fault | undefined;
let isMoving: boolean;
let begun: number;
let keeper: StorageKeeper;

const at = (name: string) => join(folder, name);
/** Its disk is declared and away, until the line goes. */
const declare = (...names: string[]) =>
  writeFileSync(at('fstab'), names.map((name) => `LABEL=${name} ${at(name)} xfs nofail 0 0\n`).join(''));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  folder = mkdtempSync(join(tmpdir(), 'zs-keeper-'));
  declare();
  storages = new Storages(at('data'), at('fstab'));
  [told, answer, isMoving, begun] = [[], undefined, false, 0];
  keeper = new StorageKeeper({
    storages,
    host: {
      isJoined: async () => true,
      async tellRoom(storage, { total }) {
        expect(total).toBeGreaterThan(0);
        told.push(storage);
        if (answer !== undefined) throw answer;
      },
    },
    isMoving: () => {
      begun += 1;
      return isMoving;
    },
    changed: () => undefined,
    log: () => undefined,
  });
});
afterEach(() => {
  keeper.stop();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

/** Time goes by until so many looks have begun and ended: there is one at a time. */
async function looks(times: number): Promise<void> {
  const wanted = begun + times + 1;
  while (begun < wanted) {
    vi.advanceTimersByTime(10_000);
    await stat(folder);
  }
}

const warnings = () => keeper.attention.map(({ level, words }) => `${level}: ${words.en}`);

test('a storage whose disk is away is told on the screen, and its room to the cluster once it is back', async () => {
  await storages.connect(STORAGE, at('vms'));
  declare('vms');
  keeper.start();
  await looks(3);
  expect(warnings()).toEqual([
    `bad: ${at('vms')} is not available: LABEL=vms is not mounted at ${at('vms')}`,
  ]);
  expect(told).toEqual([]);
  declare();
  answer = new Fault('unavailable', same('no answer'));
  await looks(3);
  expect(warnings()).toEqual([]);
  expect(told.length).toBeGreaterThan(1);
  answer = undefined;
  await looks(2);
  told = [];
  await looks(3);
  expect(told).toEqual([]);
});

test('one that the cluster asked for while it was away is used once it is there; one that it does not know is left', async () => {
  declare('vms', 'more');
  for (const [storage, name] of [
    [STORAGE, 'vms'],
    [OTHER, 'more'],
  ] as const)
    await expect(storages.connect(storage, at(name))).rejects.toMatchObject({ kind: 'unavailable' });
  await storages.disconnect(OTHER);
  declare();
  keeper.start();
  await looks(2);
  expect(told).toEqual([STORAGE]);
  expect(await storages.all()).toEqual(new Map([[STORAGE, at('vms')]]));
  declare('vms');
  await looks(2);
  declare();
  answer = new Fault('notFound', same('no such storage'));
  await looks(4);
  expect(told).toEqual([STORAGE, STORAGE]);
});

test('one that is being put onto another disk is not looked at', async () => {
  await storages.connect(STORAGE, at('vms'));
  declare('vms');
  isMoving = true;
  keeper.start();
  await looks(3);
  expect(warnings()).toEqual([]);
  isMoving = false;
  await looks(2);
  expect(warnings()).toHaveLength(1);
});
