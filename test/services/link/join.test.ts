import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { revokeToken } from '../../../src/node/cluster/schema/members.ts';
import { until } from '../servers.ts';
import { TestNode } from './node.ts';
import { LinkWorld } from './world.ts';

let world: LinkWorld;
const nodes: TestNode[] = [];

beforeAll(async () => {
  world = await LinkWorld.start();
});
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.end()));
});
afterAll(() => world.end());

function newNode(): TestNode {
  const node = new TestNode();
  nodes.push(node);
  return node;
}

/** A node that has joined and is linked. */
async function joined(): Promise<{ node: TestNode; host: string }> {
  const node = newNode();
  const { token, fingerprint } = await world.token();
  const { host } = await node.join(world.linkPort, token, fingerprint);
  await world.hostIs(host, 'Connected');
  return { node, host };
}

test('a node sees who is there, joins with a token, and is a host with what it has', async () => {
  const node = newNode();
  const { token, fingerprint } = await world.token();
  expect(await node.look(world.linkPort)).toEqual({ fingerprint });
  const { host } = await node.join(world.linkPort, token.toUpperCase().replaceAll('-', ' '), fingerprint);
  const row = await world.hostIs(host, 'Connected');
  expect(row).toMatchObject({ state: 'Enabled', cluster: 'CLUSTER-1', address: '127.0.0.1' });
  expect(node.feed.state).toMatchObject({ state: 'up', address: '127.0.0.1' });
  await expect(node.join(world.linkPort, token, fingerprint)).rejects.toMatchObject({ kind: 'conflict' });
});

test('a token is good for as many nodes as it says, as long as it lasts, until it is revoked', async () => {
  const once = await world.token();
  await newNode().join(world.linkPort, once.token, once.fingerprint);
  const twice = await world.token({ uses: 2 });
  await newNode().join(world.linkPort, twice.token, twice.fingerprint);
  await newNode().join(world.linkPort, twice.token, twice.fingerprint);
  const revoked = await world.token({ uses: 5 });
  await (await world.local()).call(revokeToken, { token: revoked.uuid });
  for (const { token, fingerprint } of [once, twice, revoked]) {
    const late = newNode().join(world.linkPort, token, fingerprint);
    await expect(late).rejects.toMatchObject({ kind: 'refused', field: 'token' });
  }
  await expect((await world.local()).call(revokeToken, { token: revoked.uuid })).rejects.toMatchObject({
    kind: 'notFound',
  });
});

test('to another cluster nothing is sent, and the token stays good', async () => {
  const other = await LinkWorld.start();
  try {
    const { token, fingerprint } = await world.token();
    const wrong = newNode().join(other.linkPort, token, fingerprint);
    await expect(wrong).rejects.toMatchObject({ kind: 'refused', field: 'fingerprint' });
    await newNode().join(world.linkPort, token, fingerprint);
  } finally {
    await other.end();
  }
});

test('cut off before it could keep the answer, a node joins again without another use of the token', async () => {
  const node = newNode();
  const { token, fingerprint } = await world.token();
  const keep = node.membership.keep;
  node.membership.keep = async () => {
    throw new Error('power cut');
  };
  await expect(node.join(world.linkPort, token, fingerprint)).rejects.toThrow('power cut');
  expect(await node.membership.read()).toBeUndefined();
  node.membership.keep = keep;
  const { host } = await node.join(world.linkPort, token, fingerprint);
  await world.hostIs(host, 'Connected');
});

test('a service that is started anew has its hosts back, and a node its link', async () => {
  const { node, host } = await joined();
  await world.down();
  await until(async () => (node.feed.state.state === 'down' ? true : undefined));
  expect(node.feed.state).toMatchObject({ address: '127.0.0.1', why: { en: expect.any(String) } });
  await world.up();
  await world.hostIs(host, 'Connected');
  expect(node.feed.state.state).toBe('up');
  await node.restart();
  await world.hostIs(host, 'Connected');
});

test('a service that is started anew waits with its jobs until the hosts that it had are there', async () => {
  const own = await LinkWorld.start();
  try {
    const node = newNode();
    const { token, fingerprint } = await own.token();
    const { host } = await node.join(own.linkPort, token, fingerprint);
    await own.hostIs(host, 'Connected');
    await node.link.stop();
    await own.down();
    await own.up();
    expect(await own.service?.hosts.areBack()).toBe(false);
    await node.restart();
    await own.hostIs(host, 'Connected');
    expect(await own.service?.hosts.areBack()).toBe(true);
  } finally {
    await own.end();
  }
});

test('a node that leaves is taken out, and has no key any more; with VMs it stays', async () => {
  const { node, host } = await joined();
  node.mayLeave = false;
  await expect(node.leave()).rejects.toMatchObject({ kind: 'conflict' });
  node.mayLeave = true;
  await node.leave();
  expect(await world.host(host)).toBeUndefined();
  expect(await node.membership.read()).toBeUndefined();
  await until(async () => (node.feed.state.state === 'none' ? true : undefined));
});

test('without its management node a node leaves only when it is told to', async () => {
  const { node, host } = await joined();
  await world.down();
  await expect(node.leave()).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await node.membership.read()).toMatchObject({ host });
  await node.leave(true);
  expect(await node.membership.read()).toBeUndefined();
  await world.up();
});

test('a membership that makes no sense is told, tried again, and forgotten by leaving', async () => {
  const { node } = await joined();
  const path = join(node.folder, 'cluster/member.json');
  const whole = readFileSync(path, 'utf8');
  const broken = async () => {
    writeFileSync(path, whole.slice(0, 100));
    await node.restart();
    await until(async () => {
      const { state } = node.feed;
      return (state.state === 'down' && state.why.en.includes('makes no sense')) || undefined;
    });
  };
  await broken();
  writeFileSync(path, whole);
  await until(async () => (node.feed.state.state === 'up' ? true : undefined));
  await broken();
  await node.leave(true);
  expect(await node.membership.read()).toBeUndefined();
});
