import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { run } from '../../../src/system/exec.ts';
import { attributeIn } from '../../../src/system/xml.ts';
import type { Cloud, Told } from '../../fakes/cloud.ts';
import { furnish, vmWords } from '../../fakes/furnish.ts';
import { CloudWorld } from './cloud-world.ts';
import { comesWith } from './vnc.ts';

// From a new cloud to a running VM and back, as its user types it: the tests go on from each other.

let world: CloudWorld;
let cloud: Cloud;
const has: Record<string, string> = {};
beforeAll(async () => {
  world = await CloudWorld.start();
  cloud = world.cloud;
}, 240_000);
afterAll(() => world?.end());

const MINUTES = 240_000;
const vm = async (): Promise<Told> => (await cloud.found('QueryVmInstance', `uuid=${has.vm}`))[0];
const words = () => vmWords({ offering: '', image: '', l3: '', storage: '', ...has });
const domains = async () => (await world.libvirt.virsh('list', '--all', '--name')).trim();

test(
  'this machine is the first host of its own cluster by itself',
  async () => {
    await vi.waitFor(
      async () => expect((await cloud.cli('LogInByAccount', 'accountName=admin')).code).toBe(0),
      60_000,
    );
    const [host] = await cloud.until(['QueryHost'], ([each]) => each?.status === 'Connected');
    Object.assign(has, { host: host.uuid, cluster: host.clusterUuid, zone: host.zoneUuid });
    expect(host.totalMemoryCapacity).toBeGreaterThan(0);
  },
  MINUTES,
);

test(
  'storage, image, offering and network',
  async () => {
    const furniture = await furnish(cloud, {
      ...{ zone: has.zone ?? '', cluster: has.cluster ?? '', nic: 'em02' },
      ...{ storage: world.storage, images: world.images, image: `${world.imports}/tiny.qcow2` },
    });
    Object.assign(has, furniture);
  },
  MINUTES,
);

test(
  'a VM runs, has its address by DHCP, and answers ping',
  async () => {
    const made = await cloud.made('CreateVmInstance', 'name=first', ...words());
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
    const stopping = cloud.cli('StopVmInstance', `uuid=${has.vm}`);
    await vi.waitFor(async () => expect((await vm())?.state).toMatch(/^Stopp/), {
      timeout: 60_000,
      interval: 50,
    });
    await world.killService();
    await stopping;
    world.startService();
    await cloud.until(['QueryVmInstance', `uuid=${has.vm}`], ([each]) => each?.state === 'Stopped');
    expect(await world.libvirt.virsh('list', '--name')).not.toContain(has.vm);
    await cloud.until(['QueryHost'], ([each]) => each?.status === 'Connected');
  },
  MINUTES,
);

test(
  'its screen asks for the password that the API sets, which stands nowhere',
  async () => {
    const asked = async (word: string) => {
      const xml = await world.libvirt.virsh('dumpxml', has.vm ?? '');
      const path = attributeIn(xml, 'graphics', 'socket') ?? '';
      return comesWith(path.replace('/var/lib/libvirt', `${world.libvirt.folder}/var_lib_libvirt`), word);
    };
    const set = (word: string) =>
      cloud.made('SetVmConsolePassword', `uuid=${has.vm}`, `consolePassword=${word}`);
    await set('pw-One');
    await cloud.made('StartVmInstance', `uuid=${has.vm}`);
    expect([await asked('pw-One'), await asked('pw-Two')]).toEqual(['right', 'wrong']);
    await set('pw-Two');
    expect([await asked('pw-Two'), await asked('pw-One')]).toEqual(['right', 'wrong']);
    const { told } = await cloud.cli('GetVmConsolePassword', `uuid=${has.vm}`);
    expect(told).toEqual({ success: true, consolePassword: 'pw-Two' });
    const found = async (word: string) => {
      const { stdout } = await run(['grep', '-rlaF', '--', word, world.data], { timeout: 60_000 });
      return stdout.split('\n').filter(Boolean);
    };
    expect((await found('SetVmConsolePassword')).length).toBeGreaterThan(0);
    expect([...(await found('pw-One')), ...(await found('pw-Two'))]).toEqual([]);
    await cloud.made('StopVmInstance', `uuid=${has.vm}`, 'type=cold');
    expect((await cloud.cli('DeleteVmConsolePassword', `uuid=${has.vm}`)).code).toBe(0);
  },
  MINUTES,
);

test(
  'started again, destroyed, expunged: nothing of it stays',
  async () => {
    expect((await cloud.made('StartVmInstance', `uuid=${has.vm}`)).state).toBe('Running');
    const again = await cloud.cli('StartVmInstance', `uuid=${has.vm}`);
    expect(again.code).toBe(3);
    expect(again.told.error.details).toContain('Created, Stopped');
    expect((await cloud.cli('DestroyVmInstance', `uuid=${has.vm}`)).code).toBe(0);
    expect((await vm()).state).toBe('Destroyed');
    expect((await cloud.cli('ExpungeVmInstance', `uuid=${has.vm}`)).code).toBe(0);
    expect(await vm()).toBeUndefined();
    expect(await domains()).toBe('');
    expect(readdirSync(join(world.storage, 'volumes'))).toEqual([]);
    const [storage] = await cloud.found('QueryPrimaryStorage');
    expect(storage.availableCapacity).toBe(storage.totalCapacity);
  },
  MINUTES,
);

const bridges = () => world.network.inside('ip', '-br', 'link', 'show', 'type', 'bridge');
const leases = () => readFileSync(join(world.data, 'data/guests/dhcp.json'), 'utf8');

test(
  'a network that is taken off the cluster leaves no bridge and no DHCP on its hosts, once no VM runs there',
  async () => {
    const { uuid } = await cloud.made('CreateVmInstance', 'name=second', ...words());
    has.vm = uuid;
    const [l2] = await cloud.found('QueryL2Network');
    const where = [`l2NetworkUuid=${l2.uuid}`, `clusterUuid=${has.cluster}`];
    expect((await cloud.cli('DetachL2NetworkFromCluster', ...where)).told.error.details).toContain(
      'second is Running',
    );
    await cloud.made('StopVmInstance', `uuid=${uuid}`, 'type=cold');
    expect(await bridges()).toContain('br_em02');
    await cloud.made('DetachL2NetworkFromCluster', ...where);
    await vi.waitFor(async () => expect(await bridges()).not.toContain('br_em02'), 60_000);
    expect(leases()).toBe('{}\n');
    await cloud.made('AttachL2NetworkToCluster', ...where);
    expect((await cloud.made('StartVmInstance', `uuid=${uuid}`)).state).toBe('Running');
    expect(await bridges()).toContain('br_em02');
  },
  MINUTES,
);

test(
  'what was deleted is erased after its time by itself, an image from the hosts too when nothing stands on it any more',
  async () => {
    const cached = () => readdirSync(join(world.storage, 'imagecache'));
    expect((await cloud.cli('DeleteImage', `uuid=${has.image}`)).code).toBe(0);
    for (const category of ['image', 'vm'])
      for (const name of ['expungePeriod', 'expungeInterval'])
        await cloud.made('UpdateGlobalConfig', `category=${category}`, `name=${name}`, 'value=2');
    await cloud.until(['QueryImage'], ([each]) => each === undefined);
    expect(cached()).toEqual([`${has.image}.qcow2`]);
    expect((await cloud.cli('DestroyVmInstance', `uuid=${has.vm}`)).code).toBe(0);
    await cloud.until(['QueryVmInstance'], ([each]) => each === undefined);
    await vi.waitFor(() => expect(cached()).toEqual([]), 60_000);
    expect(await domains()).toBe('');
    const expunged = ['QueryAudit', 'apiName=ExpungeVmInstance', `resourceUuid=${has.vm}`];
    await cloud.until(expunged, ([entry]) => entry?.state === 'Succeeded');
  },
  MINUTES,
);
