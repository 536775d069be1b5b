import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { implement } from '../../../src/api/action.ts';
import { Fault } from '../../../src/api/fault.ts';
import { Secret } from '../../../src/api/secret-text.ts';
import { same } from '../../../src/api/words.ts';
import { openStream } from '../../../src/node/cluster/stream.ts';
import { screenActions } from '../../../src/node/vm-screen/actions.ts';
import { openScreen } from '../../../src/node/vm-screen/schema.ts';
import { until } from '../servers.ts';
import { KeyGuest } from '../vm-console/guest.ts';
import { TestNode } from './node.ts';
import { LinkWorld } from './world.ts';

const VM = 'a'.repeat(32);
let world: LinkWorld;
let guest: KeyGuest;
const nodes: TestNode[] = [];
const uuids: string[] = [];

/** A node whose guests' screens all are that one. */
function nodeWith(screenOf: (vm: string) => Promise<string>): TestNode {
  const node: TestNode = new TestNode(screenActions({ screenOf, membership: () => node.membership }));
  return node;
}

async function joined(node: TestNode): Promise<string> {
  const { fingerprint } = await node.look(world.linkPort);
  const { host } = await node.join(world.linkPort, (await world.token()).token, fingerprint);
  await world.hostIs(host, 'Connected');
  return host;
}

beforeAll(async () => {
  world = await LinkWorld.start();
  guest = await KeyGuest.start();
  const screenOf = async (vm: string) => {
    if (vm === VM) return guest.screen;
    throw new Fault('notFound', same('no such VM'), { field: 'vm' });
  };
  for (const node of [nodeWith(screenOf), nodeWith(screenOf)]) {
    nodes.push(node);
    uuids.push(await joined(node));
  }
});
afterAll(async () => {
  for (const node of nodes) await node.end();
  await guest.end();
  await world.end();
});

const open = (host: string, vm = VM, signal = new AbortController().signal): Promise<Duplex> => {
  if (world.service === undefined) throw new Error('no service');
  return world.service.hosts.openScreen(host, vm, signal);
};
const greeting = async (line: Duplex): Promise<string> => String((await once(line, 'data'))[0]);
const none = new AbortController().signal;

async function opened(node: TestNode | undefined, word: string) {
  const member = await node?.membership.read();
  if (member === undefined) throw new Error('no member');
  return openStream(member, new Secret(word), none);
}

test('the screen of a guest comes over a line of its own, which ends with either side', async () => {
  const [host = ''] = uuids;
  const line = await open(host);
  expect(await greeting(line)).toBe('RFB 003.008\n');
  line.destroy();
  const own = await KeyGuest.start();
  const before = guest;
  guest = own;
  const next = await open(host);
  expect(await greeting(next)).toBe('RFB 003.008\n');
  next.resume();
  const end = once(next, 'close');
  await own.end();
  await end;
  guest = before;
});

test('many at once: QEMU takes one that comes at a time', async () => {
  const [host = ''] = uuids;
  const lines = await Promise.all(Array.from({ length: 20 }, () => open(host)));
  expect(new Set(await Promise.all(lines.map(greeting)))).toEqual(new Set(['RFB 003.008\n']));
  for (const line of lines) line.destroy();
});

test('the host says why there is none; one without a link is named', async () => {
  const [host = ''] = uuids;
  await expect(open(host, 'b'.repeat(32))).rejects.toMatchObject({ kind: 'notFound', field: 'vm' });
  await expect(open('c'.repeat(32))).rejects.toMatchObject({ kind: 'unavailable' });
  const before = guest.screen;
  Object.defineProperty(guest, 'screen', { value: '/nowhere.sock', configurable: true });
  await expect(open(host)).rejects.toMatchObject({ kind: 'unavailable' });
  Object.defineProperty(guest, 'screen', { value: before, configurable: true });
  const gone = new AbortController();
  gone.abort(new Fault('refused', same('the browser is gone')));
  await expect(open(host, VM, gone.signal)).rejects.toMatchObject({ kind: 'refused' });
});

test('a line that nobody waits for is refused: guessed, used already, or of another host', async () => {
  await expect(opened(nodes[0], 'guessed')).rejects.toMatchObject({ kind: 'notFound' });
  await expect(opened(nodes[0], '../link')).rejects.toMatchObject({ kind: 'notFound' });
  const words: Secret[] = [];
  // It takes the word, and does nothing with it yet.
  const slow = new TestNode([implement(openScreen, async ({ stream }) => void words.push(stream))]);
  const host = await joined(slow);
  const waiting = open(host);
  const word = await until(async () => words.at(0)?.reveal());
  await expect(opened(nodes[0], word)).rejects.toMatchObject({ kind: 'notFound' });
  const line = await opened(slow, word);
  const service = await waiting;
  await expect(opened(slow, word)).rejects.toMatchObject({ kind: 'notFound' });
  service.write('to the guest');
  expect(await greeting(line)).toBe('to the guest');
  line.destroy();
  await slow.end();
});
