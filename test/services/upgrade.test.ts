import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../../iso/build.mts';
import { release } from '../../scripts/pack/files.mts';
import { makeRpms } from '../../scripts/pack/rpm.mts';
import { baseDvd } from '../fakes/base-dvd.ts';
import { standIns } from '../fakes/enterprise-linux.ts';
import { randomOf, seed, tellSeed } from '../fakes/random.ts';
import { OwnRoot } from './own-root.ts';
import { openFolder } from './servers.ts';

const LATER = '99.0.0';
const KEPT = '/opt/zstack-dvd';
const { version } = await release();
const root = new OwnRoot();
const folder = openFolder('upgrade-');
const at = (name: string) => join(folder, name);
afterAll(() => {
  root.end();
  rmSync(folder, { recursive: true });
});

const inside = (script: string): string => root.inside('sh', '-eu', '-c', script);
/** Words and exit code of an upgrade, which may fail. The kernel that tests run on need not know the file system of DVDs. */
const upgrade = (words: string, before = ''): string =>
  inside(`${before}\nexport ZS_IMAGE_TYPE=ext4; set +e; zstack-upgrade ${words} 2>&1; echo "code $?"`);
const installed = (): string =>
  root.inside('rpm', '-qa', '--qf', '%{name} %{version}\n', 'zs-*').split('\n').sort().join(', ');
const repositories = (): string => inside(`ls ${KEPT}/ZSNode/Packages | grep ^zs-node-; ls -d ${KEPT}*`);
const all = (of: string): string => `zs-node ${of}, zs-repository ${of}, zs-role-compute ${of}`;

/** What is in a folder as an image of its own, with its checksum beside it. */
function fileSystem(tree: string, name: string): void {
  const file = join(root.given, `${name}.img`);
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', tree, file, '250M'], { stdio: 'pipe' });
  const sum = execFileSync('sha256sum', [file], { encoding: 'utf8' });
  writeFileSync(`${file}.sha256`, sum);
}

/** A node as it is after the installation from the image of this version; the image of a later one at hand. */
beforeAll(async () => {
  const made = await makeRpms({ out: at('rpms'), level: 1 });
  const newer = await makeRpms({ out: at('newer'), version: LATER, level: 1 });
  baseDvd(at('base.iso'), { generation: 9, packages: standIns(made) });
  await build({ base: at('base.iso'), out: at('now.iso'), packages: at('rpms') });
  execFileSync('osirrox', ['-indev', at('now.iso'), '-extract', '/', at('dvd')], { stdio: 'pipe' });
  execFileSync('chmod', ['-R', 'u+rwX', at('dvd')]);
  const dvd = join(root.folder, 'upper', KEPT);
  mkdirSync(dirname(dvd), { recursive: true });
  mkdirSync(root.given);
  cpSync(at('dvd'), dvd, { recursive: true });
  fileSystem(at('dvd'), 'now');
  const own = at('dvd/ZSNode');
  for (const rpm of made) rmSync(join(own, 'Packages', basename(rpm)));
  for (const rpm of newer) cpSync(rpm, join(own, 'Packages', basename(rpm)));
  execFileSync('createrepo_c', ['-q', own], { stdio: 'pipe' });
  fileSystem(at('dvd'), 'later');
  inside(`
    cp --remove-destination /etc/os-release /etc/os-release.own
    mv /etc/os-release.own /etc/os-release
    echo 'PLATFORM_ID="platform:el9"' >> /etc/os-release
    mkdir -p /etc/dnf
    echo 'module_platform_id=platform:el9' >> /etc/dnf/dnf.conf
    dnf -q -y --disablerepo='*' $(for r in BaseOS AppStream ZSNode; do echo --repofrompath=$r,${KEPT}/$r; done) --nogpgcheck install zs-role-compute zs-repository 2>&1`);
}, 600_000);

test('what does not fit is refused in a line, and nothing has changed', () => {
  writeFileSync(join(root.given, 'no.img'), 'text');
  fileSystem(at('rpms'), 'other');
  const said = [
    '',
    'one two',
    '-x',
    '/tmp/given/nowhere.img',
    '/tmp/given/no.img',
    '/tmp/given/other.img',
  ].map((words) => upgrade(words));
  expect(said).toEqual([
    'zstack-upgrade: wants an image (--help tells)\ncode 2',
    'zstack-upgrade: takes one image (--help tells)\ncode 2',
    'zstack-upgrade: there is no option -x (--help tells)\ncode 2',
    'zstack-upgrade: there is no image /tmp/given/nowhere.img\ncode 2',
    'zstack-upgrade: /tmp/given/no.img is no image that can be read\ncode 2',
    'zstack-upgrade: /tmp/given/other.img is no installation image of this product\ncode 2',
  ]);
  const el10 = 'sed -i s/platform:el9/platform:el10/ /etc/os-release';
  expect(upgrade('/tmp/given/later.img', el10)).toContain(
    'is for Enterprise Linux 9, this node has 10\ncode 2',
  );
  inside('sed -i s/platform:el10/platform:el9/ /etc/os-release');
  const beside = join(root.given, 'later.img.sha256');
  renameSync(beside, `${beside}.right`);
  writeFileSync(beside, `${'0'.repeat(64)}  later.img\n`);
  expect(upgrade('/tmp/given/later.img')).toMatch(
    /is not as .*later\.img\.sha256 says: copy it again\ncode 1$/,
  );
  renameSync(`${beside}.right`, beside);
  expect(
    upgrade('/tmp/given/later.img', 'mount -t tmpfs -o size=10M tmpfs /opt; mkdir /opt/zstack-dvd'),
  ).toMatch(/\/opt has \d+ KiB free, \d+ are needed\ncode 1$/);
  expect([installed(), repositories()]).toEqual([all(version), `zs-node-${version}-1.x86_64.rpm\n${KEPT}`]);
}, 300_000);

test('-r: the repositories alone; cut off while they are copied, the old ones are whole, and it is called again', () => {
  const cut = upgrade(
    '-r /tmp/given/later.img & while [ ! -e /opt/zstack-dvd.new ] && kill -0 $!; do :; done; kill -9 $!; wait $!; true',
  );
  expect(cut).toContain('copying');
  expect(repositories()).toBe(`zs-node-${version}-1.x86_64.rpm\n${KEPT}\n${KEPT}.new`);
  expect(upgrade('-r /tmp/given/later.img')).toMatch(/the repositories are those of 99\.0\.0\ncode 0$/);
  expect([installed(), repositories()]).toEqual([all(version), `zs-node-${LATER}-1.x86_64.rpm\n${KEPT}`]);
}, 300_000);

const installer = (words: string, before = ''): string =>
  inside(`${before}\nset +e; zstack-installer ${words} 2>&1; echo "code $?"`);
const exclude = 'echo exclude=zs-role-compute >> /etc/dnf/dnf.conf';
const include = () => inside('sed -i /^exclude/d /etc/dnf/dnf.conf');
/** As it was before a test. */
const downgraded = () =>
  inside(
    `dnf -q -y --disablerepo='*' --repofrompath=before,${KEPT}/ZSNode.before --nogpgcheck distro-sync 'zs-*' 2>&1`,
  );

test('zstack-installer -u: from the repositories that -r brought, back when that fails, and once more is nothing', () => {
  expect(installer('-u', exclude)).toMatch(
    /did not go well[\s\S]*this node has \d+\.\d+\.\d+ again\ncode 1$/,
  );
  include();
  expect([installed(), repositories()]).toEqual([all(version), `zs-node-${LATER}-1.x86_64.rpm\n${KEPT}`]);
  expect(installer('-u -o')).toMatch(/this node has 99\.0\.0\ncode 0$/);
  expect(installed()).toBe(all(LATER));
  expect(installer('-u')).toMatch(/has 99\.0\.0, and its repositories nothing newer: get a newer image/);
  expect(upgrade('-r /tmp/given/now.img')).toMatch(/code 2$/);
  downgraded();
  expect(installed()).toBe(all(version));
  inside(`rm -r ${KEPT}/ZSNode.before`);
  expect(installer('-u')).toMatch(
    /are not kept, so there is no way back: upgrade by zstack-upgrade IMAGE\ncode 1$/,
  );
}, 300_000);

test('words that do not fit the installer are refused by their names', () => {
  const said = [
    '-x',
    'word',
    '-r /srv',
    '-i 192.0.2.77',
    '-I nowhere0',
    '-i 127.0.0.1 -I lo',
    '-p secret',
    '-L /nowhere',
    '-i',
  ].map((words) => installer(words));
  expect(said).toEqual([
    'zstack-installer: there is no option -x (--help tells)\ncode 2',
    'zstack-installer: takes no words: word (--help tells)\ncode 2',
    'zstack-installer: -r: the product is in /usr/local/zstack, and nowhere else (--help tells)\ncode 2',
    'zstack-installer: -i: 192.0.2.77 is no address of this node (--help tells)\ncode 2',
    'zstack-installer: -I: there is no NIC nowhere0 (--help tells)\ncode 2',
    'zstack-installer: -i and -I: one of them (--help tells)\ncode 2',
    'zstack-installer: -p: passwords are generated, and no arguments (--help tells)\ncode 2',
    'zstack-installer: -L: there is no file /nowhere (--help tells)\ncode 2',
    'zstack-installer: -i wants a value (--help tells)\ncode 2',
  ]);
  expect(installer('-D')).toBe(
    'zstack-installer: this node is no management node that is set up: call it without -D\ncode 2',
  );
}, 300_000);

test('cut off at any moment of the packages, the next boot finishes it; before them, it is called again', () => {
  tellSeed();
  const random = randomOf(seed);
  const begun = 'until grep -q 99 /usr/lib/zs-node/version; do :; done';
  for (let times = 0; times < 4; times += 1) {
    expect(upgrade('-r /tmp/given/now.img')).toMatch(/code 0$/);
    const pause = (times * 0.2 * random()).toFixed(2);
    const cut = `sleep ${pause}; kill -9 $! $(pgrep -x dnf); wait; rpm -qa 'zs-*' | sort`;
    console.log(`${pause} s: ${upgrade(`/tmp/given/later.img & ${begun}; ${cut}; true`)}`);
    if (inside('cat /var/lib/zs-node/upgrade-from || true') === version)
      expect(upgrade('--finish')).toMatch(/this node has 99\.0\.0\ncode 0$/);
    expect([installed(), repositories()]).toEqual([all(LATER), `zs-node-${LATER}-1.x86_64.rpm\n${KEPT}`]);
    expect(root.inside('rpm', '-V', 'zs-node', 'zs-role-compute', 'zs-repository')).toBe('');
    expect(upgrade('--finish')).toBe('zstack-upgrade: no upgrade was cut off\ncode 2');
    downgraded();
  }
  expect(upgrade('-r /tmp/given/now.img')).toMatch(/code 0$/);
  upgrade('/tmp/given/later.img & until [ -e /var/lib/zs-node/upgrade-from ]; do :; done; kill -9 $!; true');
  expect(upgrade('--finish')).toMatch(
    /(was cut off before it began, or on its way back: call it again|this node has 99\.0\.0)\ncode 0$/,
  );
  if (installed() !== all(version)) downgraded();
  expect(installed()).toBe(all(version));
}, 400_000);

test('an upgrade that fails: packages and repositories of before come back', () => {
  expect(upgrade('-r /tmp/given/now.img')).toMatch(/code 0$/);
  const said = upgrade('/tmp/given/later.img', exclude);
  expect(said).toMatch(/did not go well[\s\S]*this node has \d+\.\d+\.\d+ again\ncode 1$/);
  include();
  expect([installed(), repositories()]).toEqual([all(version), `zs-node-${version}-1.x86_64.rpm\n${KEPT}`]);
}, 300_000);

test('cut off on the way back: the next boot goes the rest of it, and installs again what the cut took of files', () => {
  inside(`cp -al ${KEPT} ${KEPT}.saved`);
  expect(upgrade('/tmp/given/later.img')).toMatch(/code 0$/);
  inside(`mv ${KEPT} ${KEPT}.new; mv ${KEPT}.saved ${KEPT}; echo ${version} > /var/lib/zs-node/upgrade-from`);
  expect(upgrade('--finish')).toMatch(/or on its way back: call it again\ncode 0$/);
  expect([installed(), repositories()]).toEqual([all(version), `zs-node-${version}-1.x86_64.rpm\n${KEPT}`]);
  inside(`echo ${version} > /var/lib/zs-node/upgrade-from; : > /usr/lib/zs-node/dist/controller.cjs`);
  expect(upgrade('--finish')).toMatch(/code 0$/);
  expect(root.inside('rpm', '-V', 'zs-node', 'zs-role-compute', 'zs-repository')).toBe('');
}, 300_000);

test('an upgrade: the packages of the image are installed, again changes nothing, and an older image is refused', () => {
  for (let times = 0; times < 2; times += 1) {
    expect(upgrade('/tmp/given/later.img')).toMatch(/this node has 99\.0\.0\ncode 0$/);
    expect([installed(), repositories()]).toEqual([all(LATER), `zs-node-${LATER}-1.x86_64.rpm\n${KEPT}`]);
  }
  expect(root.inside('zs-role')).toBe('compute');
  expect(upgrade('/tmp/given/now.img')).toMatch(/has version \S+, this node has 99\.0\.0 already\ncode 2$/);
  expect(readFileSync(join(root.folder, 'upper/var/log/zstack/deploy.log'), 'utf8')).toMatch(
    /this node has 99/,
  );
}, 300_000);
