import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../../src/management/calls/doing.ts';
import { wrongLogIns } from '../../../src/management/resource/account/session.ts';
import { countTry, forgetTries } from '../../../src/management/resource/account/wrong-log-ins.ts';
import { EngineStore } from './engine-store.ts';
import { ENGINES } from './world.ts';

const NOW = 1_800_000_000_000;

describe.each(ENGINES)('%s', (engine) => {
  let at: EngineStore;
  beforeAll(async () => {
    at = await EngineStore.open(engine, [wrongLogIns]);
  });
  afterAll(() => at.end());
  const line = () => ({ name: newUuid(), address: '192.0.2.1' });

  test('the third wrong one makes the next wait, the tenth locks for a quarter of an hour', async () => {
    const who = line();
    let now = NOW;
    const waits = [];
    for (let counted = 0; counted < 10; ) {
      const wait = await countTry(at.store.tables, who, now);
      if (wait === 0) counted += 1;
      else waits.push(wait / 1000);
      now += wait;
    }
    expect(waits).toEqual([2, 4, 8, 16, 30, 30, 30]);
    expect(await countTry(at.store.tables, who, now)).toBe(900_000);
    expect(await countTry(at.store.tables, who, now + 900_000)).toBe(0);
  });

  test('a quarter of an hour without a try forgets', async () => {
    const who = line();
    for (let wrong = 0; wrong < 3; wrong++) await countTry(at.store.tables, who, NOW);
    expect(await countTry(at.store.tables, who, NOW + 1_000)).toBe(1_000);
    expect(await countTry(at.store.tables, who, NOW + 900_000)).toBe(0);
    expect(await countTry(at.store.tables, who, NOW + 900_000)).toBe(0);
  });

  test('a clock that was set back waits for no longer than it would have', async () => {
    const who = line();
    for (let wrong = 0; wrong < 3; wrong++) await countTry(at.store.tables, who, NOW);
    expect(await countTry(at.store.tables, who, NOW - 10 ** 11)).toBe(2_000);
  });

  test('a right one forgets; another address and another name have their own count', async () => {
    const who = line();
    for (let wrong = 0; wrong < 3; wrong++) await countTry(at.store.tables, who, NOW);
    expect(await countTry(at.store.tables, { ...who, address: '192.0.2.2' }, NOW)).toBe(0);
    expect(await countTry(at.store.tables, { ...who, name: newUuid() }, NOW)).toBe(0);
    await forgetTries(at.store.tables, who);
    expect(await countTry(at.store.tables, who, NOW)).toBe(0);
  });

  test('forty at once are three tries', async () => {
    const who = line();
    const waits = await Promise.all(Array.from({ length: 40 }, () => countTry(at.store.tables, who, NOW)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(3);
    expect(waits.filter((wait) => wait === 2_000)).toHaveLength(37);
  });
});
