import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SecondLook } from '../../src/management/second-look.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a host is looked at, again while it is too early, and not after the end', async () => {
  const looks: string[] = [];
  const log: string[] = [];
  const answers: (boolean | Error)[] = [true, false, new Error('the store is gone'), true];
  const second = new SecondLook({
    look: async (host) => {
      looks.push(host);
      const answer = answers.shift() ?? false;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    milliseconds: 1000,
    log: (line) => void log.push(line),
  });
  second.ask('a');
  await vi.advanceTimersByTimeAsync(999);
  expect(looks).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(looks).toEqual(['a', 'a']);
  second.ask('b');
  await vi.advanceTimersByTimeAsync(1000);
  expect(log).toEqual(['VMs of host b: Error: the store is gone']);
  second.ask('b');
  second.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(looks).toEqual(['a', 'a', 'b']);
});

test('who asks while a look is about to come has one of their own, not too early; however many ask', async () => {
  const looks: number[] = [];
  const begun = Date.now();
  const second = new SecondLook({
    look: async () => {
      looks.push(Date.now() - begun);
      return false;
    },
    milliseconds: 1000,
    log: () => undefined,
  });
  second.ask('a');
  await vi.advanceTimersByTimeAsync(900);
  for (let time = 0; time < 5; time++) second.ask('a');
  await vi.advanceTimersByTimeAsync(20_000);
  expect(looks).toEqual([1000, 2000]);
});
