import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Vm } from '../../../src/node/facts/schema.ts';
import { until } from '../servers.ts';
import { TestNode } from './node.ts';
import { LinkWorld } from './world.ts';

// The records of the service are those of an earlier day, while the hosts are those of today.

let world: LinkWorld;
const [early, late] = [new TestNode(), new TestNode()];
beforeAll(async () => {
  world = await LinkWorld.start();
});
afterAll(async () => {
  await early.end();
  await late.end();
  await world.end();
});

const VM: Vm = { uuid: '7'.repeat(32), name: 'web', ours: true, state: 'running' };
const stranger: Vm = { uuid: '8'.repeat(32), name: 'stranger', state: 'running' };

async function joins(node: TestNode): Promise<string> {
  const { token, fingerprint } = await world.token();
  const { host } = await node.join(world.linkPort, token, fingerprint);
  await world.hostIs(host, 'Connected');
  return host;
}

const store = () => join(world.folder, 'state');
const dump = () => join(world.folder, 'older.sqlite');

/** The file of the records is all of them once the service has ended. */
async function dumped(): Promise<void> {
  await world.down();
  copyFileSync(join(store(), 'store.sqlite'), dump());
  await world.up();
}

async function restored(): Promise<void> {
  await world.down();
  for (const name of readdirSync(store())) if (name.startsWith('store.sqlite')) rmSync(join(store(), name));
  copyFileSync(dump(), join(store(), 'store.sqlite'));
  await world.up();
}

let first = '';

test('a host of the older records stays joined, and its VM that they do not have is told as such', async () => {
  first = await joins(early);
  await dumped();
  await world.hostIs(first, 'Connected');
  await joins(late);
  for (const node of [early, late])
    node.items.set(
      'vm',
      new Map([VM, stranger].map((vm) => [node === late ? vm.uuid.replace(/^./, '9') : vm.uuid, vm])),
    );
  await restored();
  await world.hostIs(first, 'Connected');
  const { strays } = await until(async () => {
    const host = await world.host(first);
    return host?.strays === undefined ? undefined : host;
  });
  expect(strays).toEqual([{ uuid: VM.uuid, name: 'web', state: 'running' }]);
  const host = { conditions: [{ name: 'uuid', op: '=', value: VM.uuid }] };
  const { inventories } = await world.message('org.zstack.header.vm.APIQueryVmInstanceMsg', host);
  expect(inventories).toEqual([]);
});

test('one that joined later is told what to do, keeps its VMs that run, and they are told once it has joined again', async () => {
  await until(async () => (late.feed.state.state === 'down' && late.link.isRefused ? true : undefined));
  expect(late.feed.state).toMatchObject({
    why: { en: 'the cluster does not have this host (any more): leave and join again' },
  });
  late.mayLeave = false;
  await late.leave();
  expect(await late.membership.read()).toBeUndefined();
  const again = await joins(late);
  const { strays } = await until(async () => {
    const host = await world.host(again);
    return host?.strays === undefined ? undefined : host;
  });
  expect(strays).toMatchObject([{ name: 'web', state: 'running' }]);
});
