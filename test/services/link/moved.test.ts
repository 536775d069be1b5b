import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { joinCluster, reachedAt, rejoinCluster } from '../../../src/node/cluster/schema.ts';
import { freePort, until } from '../servers.ts';
import { TestNode } from './node.ts';
import { LinkWorld } from './world.ts';

// The management node is at another address than the one that a host knows.

const [FIRST, OTHER] = ['127.0.0.1', '127.0.0.2'];

let world: LinkWorld;
let node: TestNode;
const relays: Relay[] = [];
beforeAll(async () => {
  world = await LinkWorld.start();
});
afterEach(async () => {
  await node.end();
  for (const relay of relays.splice(0)) relay.end();
});
afterAll(() => world.end());

/** The service's second address. */
class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((from) => {
      const to = connect(world.linkPort, FIRST);
      for (const [one, peer] of [
        [from, to],
        [to, from],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => peer.destroy()).on('close', () => peer.destroy());
        one.pipe(peer);
      }
    });
  }

  static async start(): Promise<Relay> {
    const relay = new Relay();
    await new Promise<void>((listening) => relay.#server.listen(world.linkPort, OTHER, listening));
    relays.push(relay);
    return relay;
  }

  end(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function joinedAt(address: string): Promise<string> {
  node = new TestNode();
  const { token, fingerprint } = await world.token();
  const place = { address, port: world.linkPort };
  const { host } = (await node.ask(joinCluster.name, { ...place, token, fingerprint })) as { host: string };
  await world.hostIs(host, 'Connected');
  return host;
}

const isUpAt = (address: string) =>
  until(async () => {
    const { state } = node.feed;
    return (state.state === 'up' && state.address === address) || undefined;
  });
const rejoin = (address: string, port = world.linkPort) => node.ask(rejoinCluster.name, { address, port });

test('silent where it was, it is found where else it has told to be, and looked for there first from then on', async () => {
  const relay = await Relay.start();
  const host = await joinedAt(OTHER);
  await node.askAsCluster(reachedAt.name, { addresses: [FIRST, OTHER] });
  expect(await node.membership.read()).toMatchObject({ address: OTHER, others: [FIRST] });
  relay.end();
  await isUpAt(FIRST);
  expect(await node.membership.read()).toMatchObject({ host, address: FIRST, others: [OTHER] });
  await world.hostIs(host, 'Connected');
});

test('a service that was only away is linked where it was', async () => {
  await Relay.start();
  const host = await joinedAt(FIRST);
  await node.askAsCluster(reachedAt.name, { addresses: [OTHER] });
  for (let times = 0; times < 3; times += 1) {
    await world.down();
    await until(async () => node.feed.state.state === 'down' || undefined);
    await world.up();
    await isUpAt(FIRST);
  }
  expect(await node.membership.read()).toMatchObject({ host, address: FIRST, others: [OTHER] });
});

test('a person says where it is: only the own cluster is taken, and without a token', async () => {
  const host = await joinedAt(FIRST);
  const before = await node.membership.read();
  await expect(rejoin('127.0.0.1', await freePort())).rejects.toMatchObject({
    kind: 'unavailable',
    field: 'address',
  });
  const stranger = await LinkWorld.start();
  try {
    await expect(rejoin(FIRST, stranger.linkPort)).rejects.toMatchObject({
      kind: 'refused',
      field: 'fingerprint',
    });
  } finally {
    await stranger.end();
  }
  expect(await node.membership.read()).toEqual(before);
  await Relay.start();
  node.mayLeave = false;
  await rejoin(OTHER);
  await isUpAt(OTHER);
  expect(await node.membership.read()).toMatchObject({ host, address: OTHER });
  const { token, fingerprint } = await world.token();
  await expect(node.join(world.linkPort, token, fingerprint)).rejects.toMatchObject({
    kind: 'conflict',
    next: { en: expect.stringContaining('zstack-ctl rejoin') },
  });
});

test('one that has not joined has nothing to be linked to', async () => {
  node = new TestNode();
  await expect(rejoin(FIRST)).rejects.toMatchObject({ kind: 'conflict' });
});
