import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import type { FaultRecord } from '../../src/api/fault.ts';
import type { CheckItem, PingItem, PingSummary } from '../../src/node/network/schema.ts';

// The real ping and the real kernel, in a network of the test's own.

const path = (name: string) => new URL(name, import.meta.url).pathname;
const isRoot = process.getuid?.() === 0;

interface Line<Item> {
  at: number;
  item?: Item;
  answer?: PingSummary | null;
  fault?: FaultRecord;
}

/** Runs an action in that network. `cancelAfter`: how many streamed items are waited for before it is cancelled. */
async function act<Item>(
  name: string,
  input: object,
  extra: { cancelAfter?: number; management?: string } = {},
) {
  const program = [
    path('network-tests-program.ts'),
    name,
    JSON.stringify(input),
    extra.management ?? [],
  ].flat();
  const child = spawn('unshare', ['-n', '-m', 'sh', path('ping-world.sh'), ...program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: Line<Item>[] = [];
  let cancelled = 0;
  for await (const text of createInterface(child.stdout)) {
    lines.push(JSON.parse(text));
    if (lines.length !== extra.cancelAfter) continue;
    cancelled = Date.now();
    child.stdin.write('\n');
  }
  const items = lines.flatMap(({ item }) => (item === undefined ? [] : [item]));
  const last = lines.at(-1);
  return { items, answer: last?.answer, fault: last?.fault, ended: (last?.at ?? 0) - cancelled };
}

const ping = (address: string, count: number, extra = {}) =>
  act<PingItem>('network.ping', { address, count }, extra);

test.skipIf(!isRoot).concurrent.each(['192.0.2.1', '127.0.0.1', '::1', '2001:db8::4'])(
  '%s answers',
  async (address) => {
    const { items, answer } = await ping(address, 2);
    expect(items).toMatchObject([
      { kind: 'reply', sequence: 1, ttl: 64 },
      { kind: 'reply', sequence: 2, ttl: 64 },
    ]);
    expect(answer).toMatchObject({ sent: 2, received: 2 });
    expect(answer?.times?.min).toBeGreaterThan(0);
  },
);

test
  .skipIf(!isRoot)
  .concurrent('a silent host: each request is missed, and the sum has no times', async () => {
    const { items, answer } = await ping('192.0.2.2', 3);
    expect(items.filter(({ kind }) => kind === 'miss')).toHaveLength(3);
    expect(answer).toEqual({ sent: 3, received: 0 });
  });

test.skipIf(!isRoot).concurrent('cancelling stops it at once, with the sum of what came', async () => {
  const { answer, ended } = await ping('192.0.2.1', 100, { cancelAfter: 2 });
  // At once, not after the 98 requests that are left.
  expect(ended).toBeLessThan(20_000);
  expect(answer).toMatchObject({ sent: 2, received: 2 });
});

test.skipIf(!isRoot).concurrent.each([
  ['2001:db8:1::9', { kind: 'failed', field: 'address', words: { en: 'no route to 2001:db8:1::9' } }],
  [
    'no-such-host.test',
    { kind: 'notFound', field: 'address', words: { en: 'no such host: no-such-host.test' } },
  ],
])('%s cannot be asked, and why is said plainly', async (address, fault) => {
  expect((await ping(address, 1)).fault).toMatchObject(fault);
});

test.skipIf(!isRoot).concurrent('gateway, name servers and management node in one go', async () => {
  const { items } = await act<CheckItem>('network.checkReachability', {}, { management: '192.0.2.2' });
  const found = items.map(({ key, target, state, words }) => `${key} ${target} ${state}: ${words.en}`).sort();
  expect(found).toMatchObject([
    'dns 192.0.2.1 bad: nobody listens there',
    'dns 192.0.2.2 bad: does not answer',
    'dns 192.0.2.53 good: answers',
    expect.stringMatching(/^gateway 192.0.2.1 good: answers in [\d.]+ ms$/),
    'management 192.0.2.2 bad: does not answer',
  ]);
});
