import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Board } from '../../../src/node/facts/board.ts';
import { clockSupplier } from '../../../src/node/facts/clock.ts';
import { NOT_READ } from '../../../src/node/facts/not-read.ts';
import { Ticker } from '../../../src/node/facts/ticker.ts';
import { usageSupplier } from '../../../src/node/facts/usage.ts';

const IDENTITY = { role: 'compute', hostname: 'h', version: '1', os: 'o', kernel: 'k' } as const;
const MEMORY = 'MemTotal: 100 kB\nMemAvailable: 75 kB\n';

/** A kernel whose processor is busy a quarter of the time, and that counts how often it is read. */
function setUp() {
  const reads: Record<string, number> = {};
  const readText = (path: string): string => {
    reads[path] = (reads[path] ?? 0) + 1;
    const now = Math.round(performance.now());
    if (path === '/proc/stat') return `cpu  ${now} 0 0 ${now * 3} 0 0 0 0\nbtime 1795382346\n`;
    return path === '/proc/meminfo' ? MEMORY : '0.1 0.2 0.3 1/1 1\n';
  };
  const board = new Board({ ...NOT_READ, identity: IDENTITY }, () => ({}));
  const figures = { board, readText, now: () => performance.now() };
  const suppliers = [usageSupplier(figures), clockSupplier(figures, () => true)];
  const ticker = new Ticker(
    suppliers.flatMap(({ polls }) => polls ?? []),
    () => {},
  );
  for (const supplier of suppliers) supplier.start?.();
  ticker.rest();
  const watch = (): (() => void) => {
    const leave = board.listen(() => {});
    ticker.watch();
    return leave;
  };
  const count = (): Record<string, number> => {
    const counted = { ...reads };
    for (const path of Object.keys(reads)) delete reads[path];
    return counted;
  };
  count();
  return { board, ticker, watch, count };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('while nobody watches, /proc/stat is read every ten seconds and nothing else at all', () => {
  const { count } = setUp();
  vi.advanceTimersByTime(60_000);
  expect(count()).toEqual({ '/proc/stat': 6 });
});

test('while watched, each file is read once a tick, however many watch', () => {
  const { board, watch, count } = setUp();
  watch();
  for (let i = 0; i < 20; i++) board.listen(() => {});
  count();
  vi.advanceTimersByTime(12_000);
  // Every two seconds for the gauges, every six for the clock's two files.
  expect(count()).toEqual({ '/proc/stat': 6 + 2, '/proc/meminfo': 6, '/proc/loadavg': 2 });
});

test('when the last one leaves, it rests again', () => {
  const { ticker, watch, count } = setUp();
  const leave = watch();
  vi.advanceTimersByTime(4000);
  leave();
  ticker.rest();
  count();
  vi.advanceTimersByTime(30_000);
  expect(count()).toEqual({ '/proc/stat': 3 });
});

test('measuring until there are two readings, then the share; the history has one value a tick, at most 60', () => {
  const { board, watch } = setUp();
  expect(board.facts.cpu).toMatchObject({ state: 'unknown', why: { en: 'measuring' } });
  vi.advanceTimersByTime(10_000);
  expect(board.facts.cpu).toEqual({ state: 'known', value: { share: 0.25, history: [] } });
  watch();
  vi.advanceTimersByTime(8000);
  expect(board.facts.cpu).toEqual({
    state: 'known',
    value: { share: 0.25, history: [0.25, 0.25, 0.25, 0.25] },
  });
  vi.advanceTimersByTime(300_000);
  expect(board.facts.cpu.state === 'known' && board.facts.cpu.value.history.length).toBe(60);
  expect(board.facts.memory).toMatchObject({
    state: 'known',
    value: { share: 0.25, used: 25_600, total: 102_400 },
  });
});

test('a watcher who comes a second after a reading still gets figures, and after a pause the history begins anew', () => {
  const { board, ticker, watch } = setUp();
  const leave = watch();
  vi.advanceTimersByTime(20_000);
  leave();
  ticker.rest();
  vi.advanceTimersByTime(20_500);
  watch();
  expect(board.facts.cpu).toMatchObject({ state: 'known', value: { share: 0.25 } });
  vi.advanceTimersByTime(2000);
  expect(board.facts.cpu.state === 'known' && board.facts.cpu.value.history.length).toBe(1);
});

test('a poll that is still under way is left out, not doubled', async () => {
  let begun = 0;
  let finish = () => {};
  const read = () => {
    begun += 1;
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  };
  const ticker = new Ticker([{ every: 1, read }], () => {});
  ticker.watch();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(begun).toBe(1);
  finish();
  await vi.advanceTimersByTimeAsync(2000);
  expect(begun).toBe(2);
  ticker.stop();
});

test('a poll that throws or rejects is logged once for a reason, and is read again', async () => {
  const said: string[] = [];
  const begun: string[] = [];
  const thrown = () => {
    begun.push('thrown');
    throw new Error('defect');
  };
  const rejected = async () => {
    begun.push('rejected');
    throw new Error('defect as well');
  };
  const polls = [thrown, rejected].map((read) => ({ every: 1, read }));
  const ticker = new Ticker(polls, (text) => said.push(text));
  ticker.watch();
  await vi.advanceTimersByTimeAsync(2000);
  ticker.stop();
  expect(begun).toEqual(['thrown', 'rejected', 'thrown', 'rejected']);
  expect(said).toEqual(['facts could not be read: defect', 'facts could not be read: defect as well']);
});
