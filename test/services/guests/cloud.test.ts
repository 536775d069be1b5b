import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CloudWorld, type Told } from './cloud-world.ts';

// From a new cloud to a running VM and back, as its user types it: the tests go on from each other.

let world: CloudWorld;
const has: Record<string, string> = {};
beforeAll(async () => {
  world = await CloudWorld.start();
}, 240_000);
afterAll(() => world?.end());

const MINUTES = 240_000;
const vm = async (): Promise<Told> => (await world.found('QueryVmInstance', `uuid=${has.vm}`))[0];
const domains = async () => (await world.libvirt.virsh('list', '--all', '--name')).trim();

test(
  'this machine is the first host of its own cluster by itself',
  async () => {
    await vi.waitFor(
      async () => expect((await world.cli('LogInByAccount', 'accountName=admin')).code).toBe(0),
      60_000,
    );
    const [host] = await world.until(['QueryHost'], ([each]) => each?.status === 'Connected');
    Object.assign(has, { host: host.uuid, cluster: host.clusterUuid, zone: host.zoneUuid });
    expect(host.totalMemoryCapacity).toBeGreaterThan(0);
  },
  MINUTES,
);

test(
  'storage, image, offering and network',
  async () => {
    const storage = await world.made(
      'AddLocalPrimaryStorage',
      'name=local',
      `url=${world.storage}`,
      `zoneUuid=${has.zone}`,
    );
    const attached = await world.made(
      'AttachPrimaryStorageToCluster',
      `primaryStorageUuid=${storage.uuid}`,
      `clusterUuid=${has.cluster}`,
    );
    expect(attached.totalCapacity).toBeGreaterThan(0);
    const server = await world.made(
      'AddSftpBackupStorage',
      'name=images',
      'hostname=127.0.0.1',
      'username=root',
      'password=none',
      `url=${world.images}`,
    );
    const image = await world.made(
      'AddImage',
      'name=tiny',
      `url=file://${world.imports}/tiny.qcow2`,
      'format=qcow2',
      `backupStorageUuids=${server.uuid}`,
    );
    expect(image).toMatchObject({ status: 'Ready', format: 'qcow2' });
    const offering = await world.made(
      'CreateInstanceOffering',
      'name=small',
      'cpuNum=1',
      `memorySize=${128 * 2 ** 20}`,
    );
    const l2 = await world.made(
      'CreateL2NoVlanNetwork',
      'name=l2',
      `zoneUuid=${has.zone}`,
      'physicalInterface=em02',
    );
    await world.made('AttachL2NetworkToCluster', `l2NetworkUuid=${l2.uuid}`, `clusterUuid=${has.cluster}`);
    const l3 = await world.made('CreateL3Network', 'name=flat', `l2NetworkUuid=${l2.uuid}`);
    const range = [
      'startIp=198.51.100.9',
      'endIp=198.51.100.20',
      'netmask=255.255.255.0',
      'gateway=198.51.100.1',
    ];
    await world.made('AddIpRange', 'name=r', `l3NetworkUuid=${l3.uuid}`, ...range);
    const [provider] = await world.found('QueryNetworkServiceProvider', 'type=Flat');
    await world.made(
      'AttachNetworkServiceToL3Network',
      `l3NetworkUuid=${l3.uuid}`,
      `networkServices={"${provider.uuid}":["DHCP"]}`,
    );
    Object.assign(has, { storage: storage.uuid, image: image.uuid, offering: offering.uuid, l3: l3.uuid });
  },
  MINUTES,
);

test(
  'a VM runs, has its address by DHCP, and answers ping',
  async () => {
    const words = [
      `instanceOfferingUuid=${has.offering}`,
      `imageUuid=${has.image}`,
      `l3NetworkUuids=${has.l3}`,
    ];
    const made = await world.made('CreateVmInstance', 'name=first', ...words);
    has.vm = made.uuid;
    expect(made).toMatchObject({ state: 'Running', hostUuid: has.host, allVolumes: [{ status: 'Ready' }] });
    expect(await domains()).toBe(made.uuid);
    expect(existsSync(made.allVolumes[0].installPath)).toBe(true);
    const { ip } = made.vmNics[0];
    await world.network.far('ip', 'addr', 'add', '198.51.100.1/24', 'dev', 'sw0');
    await vi.waitFor(
      async () => expect(await world.network.far('ping', '-c', '1', '-W', '1', ip)).toContain('1 received'),
      MINUTES,
    );
  },
  2 * MINUTES,
);

test(
  'a service that is killed while it stops the VM goes on at its next start',
  async () => {
    const stopping = world.cli('StopVmInstance', `uuid=${has.vm}`);
    await vi.waitFor(async () => expect((await vm())?.state).toMatch(/^Stopp/), {
      timeout: 30_000,
      interval: 50,
    });
    await world.killService();
    await stopping;
    world.startService();
    await world.until(['QueryVmInstance', `uuid=${has.vm}`], ([each]) => each?.state === 'Stopped');
    expect(await world.libvirt.virsh('list', '--name')).not.toContain(has.vm);
    await world.until(['QueryHost'], ([each]) => each?.status === 'Connected');
  },
  MINUTES,
);

test(
  'started again, destroyed, expunged: nothing of it stays',
  async () => {
    expect((await world.made('StartVmInstance', `uuid=${has.vm}`)).state).toBe('Running');
    const again = await world.cli('StartVmInstance', `uuid=${has.vm}`);
    expect(again.code).toBe(3);
    expect(again.told.error.details).toContain('Created, Stopped');
    expect((await world.cli('DestroyVmInstance', `uuid=${has.vm}`)).code).toBe(0);
    expect((await vm()).state).toBe('Destroyed');
    expect((await world.cli('ExpungeVmInstance', `uuid=${has.vm}`)).code).toBe(0);
    expect(await vm()).toBeUndefined();
    expect(await domains()).toBe('');
    expect(readdirSync(join(world.storage, 'volumes'))).toEqual([]);
    const [storage] = await world.found('QueryPrimaryStorage');
    expect(storage.availableCapacity).toBe(storage.totalCapacity);
  },
  MINUTES,
);
