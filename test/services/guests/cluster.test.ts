import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Connection } from '../../../src/api/client.ts';
import { issueToken, listHosts } from '../../../src/node/cluster/schema/members.ts';
import { joinCluster, lookAtCluster } from '../../../src/node/cluster/schema.ts';
import type { Cloud, Told } from '../../fakes/cloud.ts';
import { type Furnished, furnish } from '../../fakes/furnish.ts';
import type { NetworkWorld } from '../network-world.ts';
import { CloudWorld } from './cloud-world.ts';
import { addressed, DISK, HostWorld, withDisk } from './host-world.ts';

// Two machines on one wire: the second one joins the cluster of the first, and both come back from what happens to
// link and power. The tests go on from each other.

const MANAGEMENT = '192.0.2.2';
const HOST = '192.0.2.3';
const MINUTES = 300_000;

/** A development run listens on the loopback alone: this machine's address leads there. */
const RELAY = `
const net = require('node:net');
net.createServer((from) => {
  const to = net.connect(8091, '127.0.0.1');
  for (const [a, b] of [[from, to], [to, from]]) a.on('error', () => b.destroy()).on('close', () => b.destroy()).pipe(b);
}).listen(8091, '${MANAGEMENT}');
`;

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

async function ask<T>(world: NetworkWorld, asking: (line: Connection) => Promise<T>): Promise<T> {
  const line = await world.connect();
  try {
    return await asking(line);
  } finally {
    line.close();
  }
}

beforeAll(async () => {
  manager = await CloudWorld.start('management_nic = em01\n');
  cloud = manager.cloud;
  await addressed(manager.network, MANAGEMENT);
  await withDisk(manager.network);
  node = await HostWorld.start(manager.network, HOST);
  const [command = '', ...argv] = [...manager.network.enter, process.execPath, '-e', RELAY];
  relay = spawn(command, argv, { stdio: 'inherit' });
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
    const { token, fingerprint } = await ask(manager.network, (line) =>
      line.call(issueToken, { uses: 1, minutes: 10 }),
    );
    const seen = await ask(node.network, async (line) => {
      const found = await line.call(lookAtCluster, { address: MANAGEMENT });
      await line.call(joinCluster, { address: MANAGEMENT, token, fingerprint });
      return found.fingerprint;
    });
    expect(seen).toBe(fingerprint);
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
    expect(lost).toMatchObject({ status: 'Disconnected', why: { en: expect.stringMatching(/./) } });
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
