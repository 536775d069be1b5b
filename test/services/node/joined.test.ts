import { randomUUID } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyGuest } from '../../../scripts/vm/tiny-guest.mts';
import { Cloud, type Told } from '../../fakes/cloud.ts';
import { type Furnished, furnish, vmWords } from '../../fakes/furnish.ts';
import { DISK, HostWorld } from '../guests/host-world.ts';
import { joins } from '../guests/joining.ts';
import { until } from '../servers.ts';
import { installedDisk } from './installed.ts';
import { OwnNode } from './own-node.ts';

// A management node as it is installed, on MariaDB and RabbitMQ, with a host on its wire: what stands when the
// database, the service or the records of an earlier day come back. The tests go on from each other.

const MANAGEMENT = '192.0.2.2';
const NEXT = '192.0.2.22';
const HOST = '192.0.2.3';
const LIMIT = 900_000;
const MINUTES = 300_000;
const IMPORTS = '/var/lib/zstack/import';
const DUMPS = '/var/lib/zstack/mysql-backup';
const RESTORE = 'ZSTACK_MYSQL_ROOT_PASSWORD=$(cat /etc/zs-node/mysql-root-password) zstack-ctl restore_mysql';

let node: OwnNode;
let host: HostWorld;
let has: Furnished;
let away: Told;
const cloud = new Cloud((words) =>
  node.attempt('env', 'ZSTACK_CLI_PASSWORD=password', 'zstack-cli', ...words),
);

const hostUuid = async (): Promise<string> =>
  (await cloud.found('QueryHost', `managementIp=${HOST}`))[0].uuid;
const isHost = (status: string) =>
  cloud.until(['QueryHost', `managementIp=${HOST}`], ([each]) => each?.status === status, 120);
const isVm = (uuid: string, state: string) =>
  cloud.until(['QueryVmInstance', `uuid=${uuid}`], ([each]) => each?.state === state, 120);
const domains = async () => (await host.libvirt.virsh('list', '--name')).split('\n').filter(Boolean).sort();
const dumped = (name: string) => node.run('zstack-ctl', 'dump_mysql', '--file-name', name);
const logIn = () =>
  until(async () => (await cloud.cli('LogInByAccount', 'accountName=admin')).code === 0 || undefined, 120);

async function restored(name: string): Promise<void> {
  const said = await node.shell(`${RESTORE} -f $(ls ${DUMPS}/${name}*)`);
  expect(said).toContain('the service runs on it');
  await logIn();
  await isHost('Connected');
}

beforeAll(async () => {
  node = new OwnNode(await installedDisk('management'));
  await node.start();
  host = await HostWorld.alone(HOST);
  await node.plugInto(host.network.farPid, 'sw0');
  await node.shell(`
    nmcli connection add type ethernet con-name own ifname ens3 ipv4.method manual ipv4.addresses ${MANAGEMENT}/24
    nmcli connection up own`);
  await until(
    async () => (await node.attempt('test', '-e', '/etc/zs-node/first-boot')).code === 1 || undefined,
    600,
  );
  await logIn();
  copyFileSync((await tinyGuest()).disk, node.path(`${IMPORTS}/tiny.qcow2`));
}, LIMIT);
afterAll(async () => {
  await host?.end();
  await node?.end();
});

test(
  'it joins through the firewall, and has a VM',
  async () => {
    const zone = await cloud.made('CreateZone', 'name=z');
    const cluster = await cloud.made(
      'CreateCluster',
      'name=c',
      `zoneUuid=${zone.uuid}`,
      'hypervisorType=KVM',
    );
    await cloud.made('UpdateGlobalConfig', 'category=host', 'name=ping.interval', 'value=3');
    const given = JSON.parse(await node.run('zstack-ctl', 'join_token', '--cluster', 'c', '--json'));
    expect(await joins(host.network, MANAGEMENT, given)).toBe(given.fingerprint);
    await isHost('Connected');
    has = await furnish(cloud, {
      ...{ zone: zone.uuid, cluster: cluster.uuid, nic: 'em02', storage: `${DISK}/vms` },
      ...{ images: '/var/lib/zstack/images', image: `${IMPORTS}/tiny.qcow2` },
    });
    away = await cloud.made('CreateVmInstance', 'name=away', ...vmWords(has));
    expect([away.state, away.hostUuid]).toEqual(['Running', await hostUuid()]);
    expect(await domains()).toEqual([away.uuid]);
  },
  MINUTES,
);

test(
  'the database server ends and comes back: so do host and VM for the service, and what is asked meanwhile is refused',
  async () => {
    await node.run('systemctl', 'stop', 'mariadb.service');
    const { code, told, err } = await cloud.cli('QueryZone');
    expect([code, `${err}${JSON.stringify(told)}`]).toEqual([
      3,
      expect.stringMatching(/the database does not answer/),
    ]);
    await node.run('systemctl', 'start', 'mariadb.service');
    await logIn();
    await isHost('Connected');
    await isVm(away.uuid, 'Running');
    expect(await domains()).toEqual([away.uuid]);
  },
  MINUTES,
);

test(
  'without its message broker it works on, and has it again when that is back',
  async () => {
    await node.run('systemctl', 'stop', 'rabbitmq-server.service');
    expect((await cloud.made('StopVmInstance', `uuid=${away.uuid}`, 'type=cold')).state).toBe('Stopped');
    expect((await cloud.made('StartVmInstance', `uuid=${away.uuid}`)).state).toBe('Running');
    const status = () => node.run('zstack-ctl', 'status');
    expect(await status()).not.toContain('MariaDB store, RabbitMQ messages');
    await node.run('systemctl', 'start', 'rabbitmq-server.service');
    await until(async () => (await status()).includes('MariaDB store, RabbitMQ messages') || undefined, 120);
  },
  MINUTES,
);

/** What the host keeps of its cluster. */
const member = () =>
  JSON.parse(readFileSync(join(host.network.folder, 'data/data/cluster/member.json'), 'utf8'));

/** The host finds its management node there. */
async function isFoundAt(address: string, before: string): Promise<void> {
  // Else it takes three minutes of silence.
  await host.network.inside('ss', '-K', 'dst', before);
  await until(async () => member().address === address || undefined, 240);
  await logIn();
  await isHost('Connected');
  await isVm(away.uuid, 'Running');
}

test(
  'the management node gets one more address, and loses the first: its host has been told, and is linked there',
  async () => {
    await node.shell(`
      nmcli connection modify own +ipv4.addresses ${NEXT}/24
      nmcli connection up own`);
    await until(async () => member().others?.includes(NEXT) || undefined, 120);
    await node.shell(`
      nmcli connection modify own -ipv4.addresses ${MANAGEMENT}/24
      nmcli connection up own`);
    await isFoundAt(NEXT, MANAGEMENT);
  },
  LIMIT,
);

test(
  'its address is changed for another by the node’s own program: its host is told before it is so',
  async () => {
    // One that hangs is not waited for.
    host.network.freezeController();
    const changing = node.run('zs-network-setting', '-i', 'ens3', MANAGEMENT, '255.255.255.0');
    await delay(8_000);
    host.network.thawController();
    await changing;
    expect(await node.run('ip', '-br', '-4', 'address', 'show', 'ens3')).not.toContain(NEXT);
    await isFoundAt(MANAGEMENT, NEXT);
  },
  LIMIT,
);

/** Of each of its rows, tab-separated. */
const asked = (sql: string) =>
  node.shell(`MYSQL_PWD=$(cat /etc/zs-node/mysql-root-password) mariadb -u root -N -B zstack -e "${sql}"`);
const unsettled = () => asked('select action from host_order where settled = 0');

const jobsEnd = () =>
  until(
    async () => ((await asked('select uuid from job where finished = 0')) === '' ? true : undefined),
    120,
  );

test(
  'the database server is killed in the midst of creations: each VM is there once, or nothing of it',
  async () => {
    for (const milliseconds of [100, 500, 1_200]) {
      const vm = randomUUID().replaceAll('-', '');
      const making = cloud.cli('CreateVmInstance', 'name=midst', `resourceUuid=${vm}`, ...vmWords(has));
      await delay(milliseconds);
      await node.run('systemctl', 'kill', '--signal=KILL', 'mariadb.service');
      await delay(500);
      await node.run('systemctl', 'start', 'mariadb.service');
      await making;
      await logIn();
      await isHost('Connected');
      await jobsEnd();
      const [told] = await cloud.found('QueryVmInstance', `uuid=${vm}`);
      // Where its host was lost meanwhile, it is known again a moment after that is back.
      if (told !== undefined) await isVm(vm, 'Running');
      const isThere = (await domains()).includes(vm);
      expect(isThere, `killed after ${milliseconds} ms`).toBe(told !== undefined);
      expect(host.libvirt.starts(vm)).toBeLessThanOrEqual(1);
      if (!isThere) continue;
      await cloud.cli('DestroyVmInstance', `uuid=${vm}`);
      await cloud.cli('ExpungeVmInstance', `uuid=${vm}`);
    }
    expect(await domains()).toEqual([away.uuid]);
  },
  LIMIT,
);

let second = '';
let third: Told;

test(
  'a dump from the midst of a creation comes back when it is long done: the VM was started once, and both agree',
  async () => {
    host.network.freezeController();
    second = randomUUID().replaceAll('-', '');
    const making = cloud.made('CreateVmInstance', 'name=second', `resourceUuid=${second}`, ...vmWords(has));
    await until(async () => ((await unsettled()) !== '' ? true : undefined));
    await dumped('midst');
    host.network.thawController();
    expect((await making).state).toBe('Running');
    await cloud.made('CreateZone', 'name=later');
    third = await cloud.made('CreateVmInstance', 'name=third', ...vmWords(has));
    await restored('midst');
    await isVm(second, 'Running');
    await until(async () => ((await unsettled()) === '' ? true : undefined), 60);
    expect(await asked("select count(*) from job where flow = 'CreateVmInstance' and finished = 0")).toBe(
      '0',
    );
    expect(await domains()).toEqual([away.uuid, second, third.uuid].sort());
    expect([second, third.uuid].map((uuid) => host.libvirt.starts(uuid))).toEqual([1, 1]);
  },
  LIMIT,
);

test(
  'what was made after the dump is not in the records: its VM runs on and is told as unknown',
  async () => {
    expect(await cloud.found('QueryZone', 'name=later')).toEqual([]);
    expect(await cloud.found('QueryVmInstance', `uuid=${third.uuid}`)).toEqual([]);
    await until(
      async () => ((await node.run('zstack-ctl', 'host_list')).includes(third.uuid) ? true : undefined),
      60,
    );
  },
  MINUTES,
);

test(
  'the dump that the restore took puts all of it back',
  async () => {
    await restored('zstack-before-restore');
    expect(await cloud.found('QueryZone', 'name=later')).toHaveLength(1);
    for (const uuid of [away.uuid, second, third.uuid]) await isVm(uuid, 'Running');
    expect(await node.run('zstack-ctl', 'host_list')).not.toContain(third.uuid);
    expect(await domains()).toEqual([away.uuid, second, third.uuid].sort());
    expect((await cloud.made('StopVmInstance', `uuid=${third.uuid}`, 'type=cold')).state).toBe('Stopped');
    expect(await domains()).toEqual([away.uuid, second].sort());
  },
  LIMIT,
);
