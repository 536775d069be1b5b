import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { issueToken, listHosts } from '../../../src/node/cluster/schema/members.ts';
import type { Cloud, Told } from '../../fakes/cloud.ts';
import { type Furnished, furnish } from '../../fakes/furnish.ts';
import { CloudWorld } from './cloud-world.ts';
import { addressed, DISK, HostWorld, withDisk } from './host-world.ts';
import { ask, joins, relayed } from './joining.ts';

// Two machines on one wire: the second one joins the cluster of the first, and both come back from what happens to
// link and power. The tests go on from each other.

const MANAGEMENT = '192.0.2.2';
const HOST = '192.0.2.3';
const MINUTES = 300_000;

let manager: CloudWorld;
let node: HostWorld;
let cloud: Cloud;
let relay: ChildProcess;
let has: Furnished;
let vm: Told;
const host = async (): Promise<Told> => (await cloud.found('QueryHost', `managementIp=${HOST}`))[0];
const isHost = (status: string) =>
  cloud.until(['QueryHost', `managementIp=${HOST}`], ([each]) => each?.status === status, 120);
const isVm = (state: string) =>
  cloud.until(['QueryVmInstance', `uuid=${vm.uuid}`], ([each]) => each?.state === state, 120);
const answersPing = (ip: string) =>
  vi.waitFor(
    async () => expect(await manager.network.far('ping', '-c', '1', '-W', '1', ip)).toContain('1 received'),
    MINUTES,
  );

beforeAll(async () => {
  manager = await CloudWorld.start('management_nic = em01\n');
  cloud = manager.cloud;
  await addressed(manager.network, MANAGEMENT);
  await withDisk(manager.network);
  node = await HostWorld.start(manager.network, HOST);
  relay = relayed(manager.network, MANAGEMENT);
  await manager.network.far('ip', 'addr', 'add', '198.51.100.1/24', 'dev', 'sw0');
}, MINUTES);
afterAll(async () => {
  relay?.kill('SIGKILL');
  await node?.end();
  await manager?.end();
});

test(
  'a second machine joins by token and fingerprint, and has its address in the list of hosts',
  async () => {
    await vi.waitFor(
      async () => expect((await cloud.cli('LogInByAccount', 'accountName=admin')).code).toBe(0),
      60_000,
    );
    const [own] = await cloud.until(['QueryHost'], ([each]) => each?.status === 'Connected');
    has = await furnish(cloud, {
      ...{ zone: own.zoneUuid, cluster: own.clusterUuid, nic: 'em02' },
      ...{ storage: `${DISK}/vms`, images: manager.images, image: `${manager.imports}/tiny.qcow2` },
    });
    await cloud.made('UpdateGlobalConfig', 'category=host', 'name=ping.interval', 'value=3');
    const given = await ask(manager.network, (line) => line.call(issueToken, { uses: 1, minutes: 10 }));
    expect(await joins(node.network, MANAGEMENT, given)).toBe(given.fingerprint);
    await isHost('Connected');
  },
  MINUTES,
);

test(
  'a VM is started on it, on storage and network that it was given as it came',
  async () => {
    const parts = [`instanceOfferingUuid=${has.offering}`, `imageUuid=${has.image}`];
    const on = [`l3NetworkUuids=${has.l3}`, `hostUuid=${(await host()).uuid}`];
    vm = await cloud.made('CreateVmInstance', 'name=away', ...parts, ...on);
    expect(vm.state).toBe('Running');
    expect(await node.libvirt.virsh('list', '--name')).toBe(vm.uuid);
    await answersPing(vm.vmNics[0].ip);
  },
  2 * MINUTES,
);

test(
  'its link is cut: it is told as lost with its last sign of life and the reason, its VM runs on; and back',
  async () => {
    const cut = Date.now();
    await node.network.far('ip', 'link', 'set', 'far1', 'down');
    await isHost('Disconnected');
    await isVm('Unknown');
    const { hosts } = await ask(manager.network, (line) => line.call(listHosts, {}));
    const lost = hosts.find(({ address }) => address === HOST);
    expect(lost).toMatchObject({ status: 'Disconnected', why: { en: 'no sign of life' } });
    expect(Math.abs((lost?.heard ?? 0) - cut)).toBeLessThan(10_000);
    await answersPing(vm.vmNics[0].ip);
    await node.network.far('ip', 'link', 'set', 'far1', 'up');
    await isHost('Connected');
    await isVm('Running');
  },
  2 * MINUTES,
);

test(
  'its power is cut: it comes back with the VM stopped, which starts on its network made anew',
  async () => {
    await node.powerCycle(manager.network);
    await isHost('Connected');
    await isVm('Stopped');
    expect((await cloud.made('StartVmInstance', `uuid=${vm.uuid}`)).state).toBe('Running');
    await answersPing(vm.vmNics[0].ip);
  },
  2 * MINUTES,
);

test(
  'service and controller of the management node are killed: both hosts are back with them, and the VM was never away',
  async () => {
    await manager.killService();
    await manager.network.killController();
    await answersPing(vm.vmNics[0].ip);
    manager.startService();
    await manager.network.startController();
    await cloud.until(['QueryHost', 'status=Connected'], ({ length }) => length === 2);
    await isVm('Running');
    expect(await node.libvirt.virsh('list', '--name')).toBe(vm.uuid);
  },
  MINUTES,
);
