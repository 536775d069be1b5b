import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { OwnHost } from '../../../src/node/cluster/own-host.ts';
import { OwnLines } from '../../../src/node/cluster/own-lines.ts';
import type { Vm } from '../../../src/node/facts/schema.ts';
import { storageActions } from '../../../src/node/storage/local/actions.ts';
import { Storages } from '../../../src/node/storage/local/storages.ts';
import { until } from '../servers.ts';
import { TestNode } from './node.ts';
import { LinkWorld } from './world.ts';

let world: LinkWorld;
let folder: string;
let node: TestNode;
let own: OwnHost;
let host: string;

beforeAll(async () => {
  world = await LinkWorld.start();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zs-own-host-'));
  node = new TestNode(storageActions(new Storages(folder, join(folder, 'fstab'))));
  own = new OwnHost(new OwnLines(node.membership));
  const { token, fingerprint } = await world.token();
  host = (await node.join(world.linkPort, token, fingerprint)).host;
  await world.hostIs(host, 'Connected');
});
afterEach(async () => {
  await node.end();
  rmSync(folder, { recursive: true });
});
afterAll(() => world.end());

const vm = (state: Vm['state']): Vm => ({ name: 'a', uuid: 'u', state, ours: true });

test('a host puts itself into maintenance and back; not while VMs run there', async () => {
  expect(await own.isJoined()).toBe(true);
  expect(await own.state()).toBe('Enabled');
  node.items.set('vm', new Map([['7'.repeat(32), vm('running')]]));
  const refused = () =>
    own.setState('Maintenance').then(
      () => undefined,
      (fault) => fault,
    );
  expect(await until(refused)).toMatchObject({
    kind: 'conflict',
    message: expect.stringMatching(/^VMs run on .*: 1/),
  });
  expect(await own.state()).toBe('Enabled');
  node.items.set('vm', new Map([['7'.repeat(32), vm('stopped')]]));
  await until(async () => (await refused()) === undefined);
  expect(await world.host(host)).toMatchObject({ state: 'Maintenance' });
  await own.setState('Enabled');
  expect(await world.host(host)).toMatchObject({ state: 'Enabled' });
  await expect(own.setState('gone')).rejects.toMatchObject({ kind: 'usage', field: 'state' });
});

test('a host tells the size of its own storages, and of no others', async () => {
  const [row] = (
    await world.message('org.zstack.header.host.APIQueryHostMsg', {
      conditions: [{ name: 'uuid', op: '=', value: host }],
    })
  ).inventories as { zoneUuid: string; clusterUuid: string }[];
  const { inventory } = (await world.message(
    'org.zstack.storage.primary.local.APIAddLocalPrimaryStorageMsg',
    { name: 'local', url: join(folder, 'vms'), zoneUuid: row?.zoneUuid },
  )) as { inventory: { uuid: string } };
  const storage = inventory.uuid;
  const room = { total: 5_000_000, available: 4_000_000 };
  await expect(own.tellRoom(storage, room)).rejects.toMatchObject({ kind: 'notFound' });
  await world.message('org.zstack.header.storage.primary.APIAttachPrimaryStorageToClusterMsg', {
    ...{ primaryStorageUuid: storage, clusterUuid: row?.clusterUuid },
  });
  await own.tellRoom(storage, room);
  const capacities = await world.message(
    'org.zstack.storage.primary.local.APIGetLocalStorageHostDiskCapacityMsg',
    { primaryStorageUuid: storage, hostUuid: host },
  );
  expect(capacities.inventories).toMatchObject([
    { hostUuid: host, totalCapacity: room.total, availablePhysicalCapacity: room.available },
  ]);
  await expect(own.tellRoom(storage, { total: -1, available: 0 })).rejects.toMatchObject({ field: 'total' });
});

test('one that has not joined says so', async () => {
  const alone = new TestNode();
  const other = new OwnHost(new OwnLines(alone.membership));
  expect(await other.isJoined()).toBe(false);
  await expect(other.state()).rejects.toMatchObject({ kind: 'unavailable' });
  await alone.end();
});
