import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refresher } from '../../src/system/refresher.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Readings that take 40 ms each, by the time when they began. */
function setUp() {
  const begun: number[] = [];
  let now = 0;
  let under = 0;
  const refresher = new Refresher(async () => {
    under += 1;
    expect(under).toBe(1);
    begun.push(now);
    await new Promise((resolve) => setTimeout(resolve, 40));
    under -= 1;
  });
  const advance = async (milliseconds: number) => {
    for (let i = 0; i < milliseconds; i += 10) {
      now += 10;
      await vi.advanceTimersByTimeAsync(10);
    }
  };
  return { refresher, begun, advance };
}

test('a burst is one reading, soon after its first event', async () => {
  const { refresher, begun, advance } = setUp();
  for (let i = 0; i < 100; i++) refresher.ask();
  await advance(1000);
  expect(begun).toHaveLength(1);
  expect(begun[0]).toBeLessThanOrEqual(60);
});

test('under a steady stream the figures are never older than half a second, and readings never overlap', async () => {
  const { refresher, begun, advance } = setUp();
  for (let i = 0; i < 500; i++) {
    refresher.ask();
    await advance(10);
  }
  const gaps = begun.slice(1).map((at, index) => at - (begun[index] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(500);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(300);
});

test('what changes during a reading is read again', async () => {
  const { refresher, begun, advance } = setUp();
  const first = refresher.now();
  refresher.ask();
  await advance(1000);
  await first;
  expect(begun).toHaveLength(2);
});

test('after the end nothing is read', async () => {
  const { refresher, begun, advance } = setUp();
  refresher.ask();
  refresher.close();
  refresher.ask();
  await advance(1000);
  expect(begun).toEqual([]);
});
