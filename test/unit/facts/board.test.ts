import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { known, lost, unknown } from '../../../src/api/reading.ts';
import { same } from '../../../src/api/words.ts';
import { Board } from '../../../src/node/facts/board.ts';
import { NOT_READ } from '../../../src/node/facts/not-read.ts';
import type { Facts } from '../../../src/node/facts/schema.ts';

const IDENTITY = { role: 'compute', hostname: 'h', version: '1', os: 'o', kernel: 'k' } as const;
const usage = (share: number) => known({ share, history: [] });

test('changes of one turn are told together; the same value again is none', async () => {
  const board = new Board({ ...NOT_READ, identity: IDENTITY }, () => ({}));
  const told: Partial<Facts>[] = [];
  board.listen((changed) => told.push(changed));
  board.set('cpu', usage(0.1));
  board.set('memory', usage(0.2));
  await setImmediate();
  board.set('cpu', usage(0.1));
  await setImmediate();
  expect(told).toEqual([{ cpu: usage(0.1), memory: usage(0.2) }]);
});

test('a derived section is told with the change that made it, and only when it differs', async () => {
  const board = new Board({ ...NOT_READ, identity: IDENTITY }, ({ cpu }) => ({
    attention: cpu.state === 'known' ? [{ level: 'warn', words: same('busy') }] : [],
  }));
  const told: string[][] = [];
  board.listen((changed) => told.push(Object.keys(changed)));
  board.set('cpu', usage(0.5));
  await setImmediate();
  board.set('cpu', usage(0.6));
  await setImmediate();
  expect(told).toEqual([['cpu', 'attention'], ['cpu']]);
});

test('a lost reading keeps its last value and the time since when; what was never known stays unknown', () => {
  const once = lost(known(5), same('gone'), 1000);
  expect(once).toEqual({ state: 'stale', value: 5, since: 1000, why: same('gone') });
  expect(lost(once, same('still'), 2000)).toEqual({
    state: 'stale',
    value: 5,
    since: 1000,
    why: same('still'),
  });
  expect(lost(unknown(same('never')), same('gone'), 1000)).toEqual(unknown(same('gone')));
});
