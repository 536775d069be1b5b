import { afterAll, beforeAll, expect, test } from 'vitest';
import { release } from '../../../scripts/pack/files.mts';
import type { Role } from '../../../scripts/vm/images.mts';
import { until } from '../servers.ts';
import { IMAGE_TYPE, installedDisk, NEWER, NEWER_VERSION } from './installed.ts';
import { OwnNode, type Said } from './own-node.ts';

/** A management node from its first boot on: upgraded, back, through a cut, installed anew, and another node. */
const { version } = await release();
const SECONDS = 600;
const LIMIT = 900_000;
const PORTS = '4900/tcp 8080/tcp 8091/tcp';
const PROPERTIES = '/usr/local/zstack/apache-tomcat/webapps/zstack/WEB-INF/classes/zstack.properties';
/** What no upgrade may change. */
const KEPT = `sha256sum ${PROPERTIES} /etc/zs-node/mysql-root-password /etc/zs-node/node.ini /etc/zs-node/role`;
const DROP_IN = '/etc/systemd/system/zs-management.service.d';
/** The newer version's service does not start on this node. */
const BROKEN = `[Service]\nExecStartPre=/bin/sh -c "! grep -q ${NEWER_VERSION} /usr/lib/zs-node/version"`;
const CLIENT =
  'ZSTACK_CLI_PASSWORD=password zstack-cli LogInByAccount accountName=admin > /dev/null; zstack-cli';

let node: OwnNode;
beforeAll(async () => {
  node = new OwnNode(await installedDisk('management'));
  await node.start();
}, LIMIT);
afterAll(() => node.end());

const upgrade = (): Promise<Said> =>
  node.attempt('env', `ZS_IMAGE_TYPE=${IMAGE_TYPE}`, 'zstack-upgrade', NEWER);
const allOf = (role: Role, of: string): string =>
  ['zs-node', 'zs-repository', `zs-role-${role}`].map((name) => `${name} ${of}`).join('\n');
const packages = (): Promise<string> => node.shell("rpm -qa --qf '%{name} %{version}\\n' 'zs-*' | sort");
const ports = (): Promise<string> => node.run('firewall-cmd', '--list-ports');
const opt = (): Promise<string> => node.run('ls', '/opt');
const dumps = async (): Promise<number> =>
  (await node.run('ls', '/var/lib/zstack/mysql-backup')).split('\n').filter(Boolean).length;
const isGone = (path: string): Promise<true> =>
  until(async () => (await node.attempt('test', '-e', path)).code === 1 || undefined, SECONDS);
const serves = (): Promise<true> =>
  until(async () => {
    const { stdout } = await node.attempt('zstack-ctl', 'status');
    return (
      (/MN status: Running/.test(stdout) && stdout.includes('MariaDB store, RabbitMQ messages')) || undefined
    );
  }, SECONDS);
async function zones(): Promise<string[]> {
  const { inventories } = JSON.parse(await node.shell(`${CLIENT} QueryZone fields=name`));
  return inventories.map(({ name }: { name: string }) => name);
}

test(
  'the first boot waits for an address, sets the node up, and opens the firewall',
  async () => {
    const log = () => node.shell('cat /tmp/zstack_installation.log || true');
    await until(async () => (await log()).includes('no NIC has a usable address') || undefined, SECONDS);
    await node.shell(`
    nmcli connection add type ethernet con-name own ifname ens3 ipv4.method manual ipv4.addresses 10.0.2.15/24
    nmcli connection up own`);
    await isGone('/etc/zs-node/first-boot');
    await serves();
    expect(await log()).toContain('the firewall lets 8080/tcp, 8091/tcp, 4900/tcp in now');
    expect(await log()).toMatch(
      /Management node ready: API at http:\/\/10\.0\.2\.15:8080; first account: admin/,
    );
    expect([await ports(), await packages()]).toEqual([PORTS, allOf('management', version)]);
    await node.shell(`${CLIENT} CreateZone name=kept; echo idle_minutes = 7 > /etc/zs-node/node.ini`);
  },
  LIMIT,
);

test(
  'an upgrade whose service does not work: packages and repositories of before come back, and it runs again',
  async () => {
    await node.shell(
      `mkdir -p ${DROP_IN}; printf '%s\\n' '${BROKEN}' > ${DROP_IN}/broken.conf; systemctl daemon-reload`,
    );
    const before = await node.shell(KEPT);
    const { code, stdout, stderr } = await upgrade();
    expect([code, stderr]).toEqual([1, `zstack-upgrade: this node has ${version} again\n`]);
    expect(stdout).toMatch(/taking a dump[\s\S]*mysql-backup[\s\S]*did not go well/);
    expect([await packages(), await opt(), await dumps()]).toEqual([
      allOf('management', version),
      'zstack-dvd\nzstack-installer.bin',
      1,
    ]);
    expect(await node.run('ls', '/opt/zstack-dvd/ZSNode/Packages')).toContain(`zs-node-${version}-`);
    await serves();
    expect([await node.shell(KEPT), await ports()]).toEqual([before, PORTS]);
    await node.run('rm', '-r', DROP_IN);
  },
  LIMIT,
);

test(
  'cut off in the midst of the packages: the next boot finishes it, with settings and database as they were',
  async () => {
    const before = await node.shell(KEPT);
    const dumped = await dumps();
    const underWay = upgrade();
    const isInMidst = async () =>
      (await node.attempt('grep', '-q', NEWER_VERSION, '/usr/lib/zs-node/version')).code === 0 || undefined;
    await until(isInMidst, SECONDS);
    await node.cut();
    await underWay;
    await node.start();
    await isGone('/var/lib/zs-node/upgrade-from');
    // First set aside as a whole, then removed.
    await isGone('/opt/zstack-dvd.old');
    await isGone('/opt/zstack-dvd.gone');
    expect([await packages(), await opt(), await dumps()]).toEqual([
      allOf('management', NEWER_VERSION),
      'zstack-dvd\nzstack-installer.bin',
      dumped + 1,
    ]);
    expect(await node.run('rpm', '-V', 'zs-node', 'zs-repository', 'zs-role-management')).toBe('');
    await serves();
    expect([await node.shell(KEPT), await zones(), await ports()]).toEqual([before, ['kept'], PORTS]);
    await node.run('zs-controller', '--audit-verify');
  },
  LIMIT,
);

test(
  'installed anew: the database is empty, a dump of the one before stays; and the node becomes a compute node',
  async () => {
    expect(await node.attempt('zstack-installer', '-D')).toMatchObject({
      code: 2,
      stderr: 'zstack-installer: --yes is needed without a terminal: the database goes\n',
    });
    const dumped = await dumps();
    const said = await node.run('zstack-installer', '-D', '-o', '-I', 'ens3', '--yes');
    expect(said).toContain('Management node ready');
    await serves();
    expect([await zones(), (await dumps()) - dumped, await ports()]).toEqual([[], 1, PORTS]);
    expect(await node.run('zs-role', 'compute')).toContain('/var/lib/zstack/mysql-backup/');
    expect([await node.run('zs-role'), await ports()]).toEqual(['compute', '']);
    expect(await packages()).toContain('zs-role-compute');
  },
  LIMIT,
);
