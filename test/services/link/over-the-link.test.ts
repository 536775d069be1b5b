import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { defineAction, implement } from '../../../src/api/action.ts';
import { newUuid } from '../../../src/management/calls/doing.ts';
import { orderOf } from '../../../src/management/jobs/order.ts';
import { publicOf } from '../../../src/management/link/certificates.ts';
import { randomOf, seed, tellSeed } from '../../fakes/random.ts';
import { until } from '../servers.ts';
import { TestNode } from './node.ts';
import { LinkWorld } from './world.ts';

const make = defineAction<{ made: string }>()({
  name: 'thing.make',
  input: z.object({ name: z.string(), milliseconds: z.int().default(0) }),
  access: ['cluster'],
  lane: 'none',
});
/** The same name as the node has it for people only. */
const forPeople = { ...make, access: ['password'] as const };

let world: LinkWorld;
let node: TestNode;
let host: string;
let job: string;

beforeAll(async () => {
  world = await LinkWorld.start();
});
beforeEach(async () => {
  job = newUuid();
  node = new TestNode([
    implement(make, async ({ name, milliseconds }, { signal }) => {
      appendFileSync(join(node.folder, 'begun'), `${name}\n`);
      await sleep(milliseconds, undefined, { signal });
      appendFileSync(join(node.folder, 'made'), `${name}\n`);
      return { made: name };
    }),
  ]);
  const { token, fingerprint } = await world.token();
  host = (await node.join(world.linkPort, token, fingerprint)).host;
  await world.hostIs(host, 'Connected');
});
afterEach(() => node.end());
afterAll(() => world.end());

const linesOf = (file: 'begun' | 'made'): string[] => {
  const path = join(node.folder, file);
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
};

function give(name: string, milliseconds = 0, signal = new AbortController().signal) {
  if (world.service === undefined) throw new Error('no service');
  const order = orderOf(world.service.hosts.orders, `${job}/${name}`, signal);
  return order(host, make, { name, milliseconds }, { resource: newUuid(), seconds: 60 });
}

test('an order is carried out on the node, and answered', async () => {
  expect(await give('one')).toEqual({ made: 'one' });
  expect(await give('one')).toEqual({ made: 'one' });
  expect(linesOf('made')).toEqual(['one']);
});

test('a node obeys only for what it has declared for its cluster', async () => {
  await node.end();
  node = new TestNode([implement(forPeople, async () => ({ made: 'no' }))]);
  const { token, fingerprint } = await world.token();
  host = (await node.join(world.linkPort, token, fingerprint)).host;
  await world.hostIs(host, 'Connected');
  await expect(give('two')).rejects.toMatchObject({ kind: 'refused' });
});

test('the link is cut at any moment: each order is carried out once', async () => {
  tellSeed();
  const next = randomOf(seed);
  let over = false;
  const cutting = (async () => {
    // Less often each time: where a new link takes long, something is carried out over one all the same.
    for (let cuts = 0; !over; cuts++) {
      await sleep(50 + next() * (400 + cuts * 20));
      await world.service?.hosts.cut(host);
      node.link.nudge();
    }
  })();
  const names = Array.from({ length: 40 }, (_, index) => `cut-${index}`);
  const made = await Promise.all(names.map((name) => give(name, Math.floor(next() * 200))));
  over = true;
  await cutting;
  expect(made.map((each) => each.made)).toEqual(names);
  expect(linesOf('made').sort()).toEqual([...names].sort());
});

test('a service that is started anew while a node works has its answer', async () => {
  const gone = new AbortController();
  const first = give('long', 1_500, gone.signal);
  await until(async () => (linesOf('begun').includes('long') ? true : undefined));
  gone.abort();
  await expect(first).rejects.toThrow();
  await world.down();
  await world.up();
  node.link.nudge();
  expect(await give('long', 1_500)).toEqual({ made: 'long' });
  expect(linesOf('made')).toEqual(['long']);
});

test('a controller that is started anew while it works does it again', async () => {
  const given = give('again', 700);
  await until(async () => (linesOf('begun').includes('again') ? true : undefined));
  await node.restart();
  expect(await given).toEqual({ made: 'again' });
});

test('a controller that is started anew knows what it answered', async () => {
  expect(await give('kept')).toEqual({ made: 'kept' });
  await node.restart();
  await world.hostIs(host, 'Connected');
  // As after a service's start that did not hear the answer.
  const again = await node.askAsCluster('cluster.carryOut', {
    order: `${job}/kept/thing.make/1`,
    action: 'thing.make',
    input: { name: 'kept' },
  });
  expect(again).toEqual({ output: { made: 'kept' } });
  expect(linesOf('made')).toEqual(['kept']);
});

test('a host that is deleted forgets its cluster', async () => {
  await world.api('ChangeHostState', { uuid: host, stateEvent: 'maintain' });
  await world.api('DeleteHost', { uuid: host });
  await until(async () => ((await node.membership.read()) === undefined ? true : undefined));
  await until(async () => (node.feed.state.state === 'none' ? true : undefined));
});

test('one that was off for longer than its certificate lives is given a new one for its key', async () => {
  const member = await node.membership.read();
  if (member === undefined || world.service === undefined) throw new Error('not joined');
  await node.link.stop();
  const publicKey = publicOf(member.key);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 200 * 86_400_000 });
  const ended = await world.service.hosts.authority.forHost(host, publicKey);
  vi.useRealTimers();
  await node.membership.keep({ ...member, certificate: ended });
  await world.hostIs(host, 'Disconnected');
  await node.restart();
  await world.hostIs(host, 'Connected');
  expect((await node.membership.read())?.certificate).not.toBe(ended);
});

test('a service whose clock is years ahead is still itself', async () => {
  await world.down();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 14 * 365 * 86_400_000 });
  await world.up();
  vi.useRealTimers();
  node.link.nudge();
  await world.hostIs(host, 'Connected');
});

test('a key of another cluster is refused, and the node says why', async () => {
  const member = await node.membership.read();
  if (member === undefined) throw new Error('not joined');
  const other = await LinkWorld.start();
  try {
    const stranger = await other.service?.hosts.authority.forHost(host, publicOf(member.key));
    await node.membership.keep({ ...member, certificate: stranger ?? '' });
    await node.restart();
    await until(async () => {
      const { state } = node.feed;
      return (state.state === 'down' && state.why.en.includes('does not have this host')) || undefined;
    });
  } finally {
    await other.end();
  }
});
