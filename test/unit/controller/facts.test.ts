import { expect, test, vi } from 'vitest';
import { say } from '../../../src/api/words.ts';
import { FactsHub } from '../../../src/controller/facts/hub.ts';
import type { FactsSource } from '../../../src/controller/facts/source.ts';
import type { Attention, Facts, NodeFacts } from '../../../src/node/facts/schema.ts';

const own: Attention = { level: 'bad', words: say('own', '自') };
const ofNode: Attention = { level: 'warn', words: say('node', '节点') };

/** A source of two sections that says who watches. */
function source() {
  const listeners = new Set<(changed: Partial<Facts>) => void>();
  const facts = { attention: [ofNode], disks: [] } as unknown as NodeFacts;
  const made: FactsSource = {
    start: async () => {},
    stop: async () => {},
    current: () => facts,
    follow: () => {},
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    made,
    listeners,
    tell: (changed: Partial<Facts>) => {
      for (const listener of listeners) listener(changed);
    },
  };
}

const hubOn = (made: FactsSource) =>
  new FactsHub(made, { pen: () => ({}), jobs: () => [], changes: () => [], attention: () => [own] });

test('the source is watched once for all watchers, and not at all without any', () => {
  const { made, listeners } = source();
  const hub = hubOn(made);
  expect(listeners.size).toBe(0);
  const first = hub.watch(() => {});
  const second = hub.watch(() => {});
  expect(listeners.size).toBe(1);
  first();
  expect(listeners.size).toBe(1);
  second();
  expect(listeners.size).toBe(0);
});

/** Each second something is sent, also when nothing changed. */
const isNews = (changed: Partial<Facts>) => Object.keys(changed).length > 0;

test('a watcher gets everything at once, then only what changed, gathered', async () => {
  const { made, tell } = source();
  const hub = hubOn(made);
  const sent: Partial<Facts>[] = [];
  const unwatch = hub.watch((changed) => isNews(changed) && sent.push(changed));
  expect(sent).toEqual([{ attention: [own, ofNode], changes: [], disks: [], pen: {}, jobs: [] }]);
  for (let index = 0; index < 100; index += 1)
    tell({ cpu: { state: 'known', value: { share: index, history: [] } } });
  hub.penChanged();
  await vi.waitFor(() => expect(sent).toHaveLength(2), { timeout: 15_000 });
  expect(sent[1]).toEqual({ cpu: { state: 'known', value: { share: 99, history: [] } }, pen: {} });
  unwatch();
});

test('attention is the controller’s own and the node’s, whichever of them changed', async () => {
  const { made, tell } = source();
  const hub = hubOn(made);
  const sent: Partial<Facts>[] = [];
  const unwatch = hub.watch((changed) => isNews(changed) && sent.push(changed));
  tell({ attention: [] });
  await vi.waitFor(() => expect(sent).toHaveLength(2), { timeout: 15_000 });
  expect(sent[1]).toEqual({ attention: [own] });
  hub.attentionChanged();
  await vi.waitFor(() => expect(sent.length).toBeGreaterThan(2), { timeout: 15_000 });
  expect(sent[2]).toEqual({ attention: [own, ofNode] });
  unwatch();
});

test('a watcher hears every second, also when nothing changes; figures wait for that', async () => {
  vi.useFakeTimers({ now: 10_900 });
  const { made, tell } = source();
  const sent: [at: number, changed: Partial<Facts>][] = [];
  const unwatch = hubOn(made).watch((changed) => sent.push([Date.now(), changed]));
  const cpu: Facts['cpu'] = { state: 'known', value: { share: 0.5, history: [] } };
  tell({ cpu });
  await vi.advanceTimersByTimeAsync(3000);
  unwatch();
  await vi.advanceTimersByTimeAsync(3000);
  vi.useRealTimers();
  expect(sent.slice(1)).toEqual([
    [11_200, { cpu }],
    [12_200, {}],
    [13_200, {}],
  ]);
});
