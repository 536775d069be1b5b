import { expect, test } from 'vitest';
import {
  type Counters,
  cleared,
  current,
  delayOf,
  failed,
  LOCKED_MILLISECONDS,
  lockedFor,
  rebased,
  takenBack,
  worse,
} from '../../../src/guard/lockout.ts';

const MINUTE = 60_000;

function fail(counters: Counters, line: string, times: number, now = 0): Counters {
  let after = counters;
  for (let index = 0; index < times; index += 1) after = failed(after, line, now);
  return after;
}

test('answers slow down from the third failure on: 2, 4, 8, 16, 30 seconds', () => {
  const delays = [];
  let counters: Counters = {};
  for (let index = 0; index < 9; index += 1) {
    counters = failed(counters, 'tty1', 0);
    delays.push(delayOf(counters, 'tty1') / 1000);
  }
  expect(delays).toEqual([0, 0, 2, 4, 8, 16, 30, 30, 30]);
});

test('the tenth failure locks the line for fifteen minutes, and no other line', () => {
  const nine = fail({}, 'tty1', 9);
  expect(lockedFor(nine, 'tty1', 0)).toBe(0);
  const ten = failed(nine, 'tty1', 0);
  expect(lockedFor(ten, 'tty1', 0)).toBe(15 * MINUTE);
  expect(lockedFor(ten, 'ttyS0', 0)).toBe(0);
  expect(lockedFor(ten, 'pts/0', 0)).toBe(0);
  expect(lockedFor(ten, 'tty1', 15 * MINUTE - 1)).toBe(1);
  expect(lockedFor(current(ten, LOCKED_MILLISECONDS), 'tty1', LOCKED_MILLISECONDS)).toBe(0);
});

test('after a lock has run out the line starts afresh', () => {
  const later = current(fail({}, 'tty1', 10), LOCKED_MILLISECONDS);
  expect(later).toEqual({});
  expect(lockedFor(failed(later, 'tty1', LOCKED_MILLISECONDS), 'tty1', LOCKED_MILLISECONDS)).toBe(0);
});

test('failures that are far apart do not add up; close ones do', () => {
  let counters: Counters = {};
  for (let index = 0; index < 30; index += 1) {
    const now = index * 16 * MINUTE;
    counters = failed(current(counters, now), 'tty1', now);
    expect(lockedFor(counters, 'tty1', now)).toBe(0);
  }
});

test('changing pseudo-terminals gains nothing: all together are locked at twenty', () => {
  let counters: Counters = {};
  for (let index = 0; index < 20; index += 1) counters = failed(counters, `pts/${index}`, 0);
  expect(lockedFor(counters, 'pts/99', 0)).toBe(15 * MINUTE);
  expect(lockedFor(counters, '-', 0)).toBe(15 * MINUTE);
  expect(delayOf(fail({}, 'pts/1', 2), 'pts/1')).toBe(0);
});

test('whoever comes over the network cannot lock the real lines', () => {
  let counters: Counters = {};
  for (let index = 0; index < 1000; index += 1)
    counters = failed(counters, index % 2 ? '-' : `pts/${index}`, 0);
  for (const line of ['tty1', 'ttyS0', 'hvc0']) expect(lockedFor(counters, line, 0)).toBe(0);
});

test('the right password clears its line and pool', () => {
  const counters = fail(fail({}, 'tty1', 9), 'pts/0', 4);
  expect(cleared(counters, 'tty1')).toEqual(fail({}, 'pts/0', 4));
});

test('a check that could not be made does not count', () => {
  const before = fail({}, 'tty1', 9);
  expect(takenBack(failed(before, 'tty1', 0), 'tty1')).toEqual(before);
  expect(takenBack(failed({}, 'tty1', 0), 'tty1')).toEqual({});
});

test('after a reboot what was left starts again in full', () => {
  const locked = fail({}, 'tty1', 10, 50 * MINUTE);
  expect(lockedFor(rebased(locked, MINUTE), 'tty1', MINUTE)).toBe(15 * MINUTE);
});

test('of two records the stricter counts', () => {
  const some = fail({}, 'tty1', 3);
  const more = fail(fail({}, 'tty1', 5), 'ttyS0', 1);
  expect(worse(some, more)['line tty1']?.failures).toBe(5);
  expect(worse(more, some)['line tty1']?.failures).toBe(5);
  expect(worse({}, some)).toEqual(some);
});
