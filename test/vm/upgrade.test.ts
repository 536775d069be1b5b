import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect } from 'vitest';
import { release } from '../../scripts/pack/files.mts';
import { derivedImage, type Image } from '../../scripts/vm/images.mts';
import { randomOf, seed, tellSeed } from '../fakes/random.ts';
import { installedMachine, NEWER_VERSION } from '../services/node/installed.ts';
import { cutAndStart } from './driver/first-boot.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import {
  DATABASE_SET_UP,
  NO_BROKER_SET_UP,
  PROPERTIES,
  SET_UP_MS,
  serviceRuns,
} from './driver/management.ts';
import { MENU, seeFigures, unlock } from './driver/person.ts';
import { until } from './driver/wait.ts';

/** Enterprise Linux's way of upgrades, by rpm and dnf, on a booted machine with its file system. */
const { version } = await release();
const LIMIT = { limitMs: 1_200_000 };
const ENGINES = 'MariaDB store, ';
const DROP_IN = '/etc/systemd/system/zs-management.service.d';
/** The newer version's service does not start on this node. */
const BROKEN = `[Service]\nExecStartPre=/bin/sh -c "! grep -q ${NEWER_VERSION} /usr/lib/zs-node/version"`;
/** What no upgrade may change. */
const KEPT = `sha256sum ${PROPERTIES} /etc/zs-node/node.ini /etc/zs-node/role`;
const CLIENT =
  'ZSTACK_CLI_PASSWORD=password zstack-cli LogInByAccount accountName=admin > /dev/null; zstack-cli';
const OURS = ['zs-node', 'zs-repository', 'zs-role-management'];
const DRIVE = '/dev/sr0';
const FROM = '/var/lib/zs-node/upgrade-from';
/** About as long as the packages take from the first new file on, under emulation. */
const AMONG_PACKAGES_MS = 20_000;

const work = await mkdtemp(join(tmpdir(), 'upgrade-vm-'));
afterAll(() => rm(work, { recursive: true }));

const allOf = (of: string) => OURS.map((name) => `${name} ${of}\n`).join('');
const packages = (node: Machine) => node.shell("rpm -qa --qf '%{name} %{version}\\n' 'zs-*' | sort");
const dumps = async (node: Machine) =>
  (await node.shell('ls /var/lib/zstack/mysql-backup')).split('\n').filter(Boolean).length;
async function zones(node: Machine): Promise<string[]> {
  const { inventories } = JSON.parse(await node.shell(`${CLIENT} QueryZone fields=name`));
  return inventories.map(({ name }: { name: string }) => name);
}
async function isGone(node: Machine, path: string): Promise<void> {
  const gone = async () => (await node.attempt(['test', '-e', path])).code === 1 || undefined;
  await until(`${path} gone`, gone, { ...LIMIT, everyMs: 1_000 });
}
const timed = async <T>(what: string, work: Promise<T>): Promise<T> => {
  const from = performance.now();
  const done = await work;
  console.log(`${what}: ${Math.round((performance.now() - from) / 1000)} s`);
  return done;
};

/** The set-up of a first boot is not what this is about, and takes long. */
const begun = (image: Image): Promise<Image> =>
  derivedImage('no-first-boot', image, {}, (root) => ['rm', join(root, 'etc/zs-node/first-boot')]);

/** With its database and a service that keeps its messages itself: a broker has nothing to do with upgrades. */
async function setUp(node: Machine): Promise<void> {
  await node.shell(
    [
      ...[NO_BROKER_SET_UP, DATABASE_SET_UP],
      // Both have to be there after the cut.
      'systemctl enable mariadb; zs-role management',
      'echo idle_minutes = 7 > /etc/zs-node/node.ini',
    ].join('\n'),
    { limitMs: SET_UP_MS },
  );
  await serviceRuns(node, ENGINES);
  await node.shell(`${CLIENT} CreateZone name=kept`);
}

async function goesBack(node: Machine): Promise<void> {
  await node.shell(
    `mkdir ${DROP_IN}; printf '%s\\n' '${BROKEN}' > ${DROP_IN}/broken.conf; systemctl daemon-reload`,
  );
  const before = await node.shell(KEPT);
  const { code, stdout, stderr } = await node.attempt(['zstack-upgrade', '/srv/newer.iso'], LIMIT);
  expect([code, stderr.toString()]).toEqual([1, `zstack-upgrade: this node has ${version} again\n`]);
  expect(stdout.toString()).toMatch(/checking the image\n[\s\S]*mysql-backup[\s\S]*did not go well/);
  expect([await packages(node), await node.shell('ls /opt'), await dumps(node)]).toEqual([
    allOf(version),
    'zstack-dvd\nzstack-installer.bin\n',
    1,
  ]);
  expect(await node.shell('ls /opt/zstack-dvd/ZSNode/Packages')).toContain(`zs-node-${version}-`);
  await serviceRuns(node, ENGINES);
  expect([await node.shell(KEPT), await zones(node)]).toEqual([before, ['kept']]);
  expect(await seeFigures(node)).toContain(version);
  await node.run(['rm', '-r', DROP_IN]);
  await node.run(['systemctl', 'daemon-reload']);
}

/** The power goes while our packages are replaced. */
async function cutAmongPackages(node: Machine): Promise<void> {
  const underWay = node.attempt(['zstack-upgrade', DRIVE], LIMIT).catch(() => undefined);
  const isInMidst = async () =>
    (await node.attempt(['grep', '-q', NEWER_VERSION, '/usr/lib/zs-node/version'])).code === 0 || undefined;
  await until('the first of the newer files', isInMidst, LIMIT);
  const ms = Math.round(randomOf(seed)() * AMONG_PACKAGES_MS);
  await pause(ms);
  console.log(`${ms} ms after the first new file:\n${await node.shell("rpm -qa 'zs-*' | sort; ls /opt")}`);
  await cutAndStart(node);
  await underWay;
}

machineTest(
  'management: an image whose service does not work goes back by itself; a power cut among the packages, and the next boot finishes it',
  async (lab) => {
    tellSeed();
    const { image, newer } = await timed('images', installedMachine('management', work));
    const node = await lab.boot(await begun(image), { name: 'upgraded', dvd: newer });
    await node.agent.ready();
    const hasDrive = async () => (await node.attempt(['test', '-b', DRIVE])).code === 0 || undefined;
    await until('its DVD drive', hasDrive, { everyMs: 1_000 });
    await timed('set up', setUp(node));
    await timed('back', goesBack(node));
    const before = await node.shell(KEPT);
    await timed('cut', cutAmongPackages(node));
    await timed('finished', isGone(node, FROM));
    // First set aside as a whole, then removed.
    for (const rest of ['old', 'gone', 'new']) await isGone(node, `/opt/zstack-dvd.${rest}`);
    expect([await packages(node), await node.shell('ls /opt'), await dumps(node)]).toEqual([
      allOf(NEWER_VERSION),
      'zstack-dvd\nzstack-installer.bin\n',
      2,
    ]);
    expect(await node.run(['rpm', '-V', ...OURS])).toBe('');
    await serviceRuns(node, ENGINES);
    expect([await node.shell(KEPT), await zones(node)]).toEqual([before, ['kept']]);
    await seeFigures(node);
    await unlock(node, 'f2');
    await node.screen.see(MENU);
    await node.run(['zs-controller', '--audit-verify']);
    expect(await node.run(['systemctl', '--failed', '--no-legend'])).toBe('');
  },
  120,
);
