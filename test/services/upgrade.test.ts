import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../../iso/build.mts';
import { release } from '../../scripts/pack/files.mts';
import { makeRpms } from '../../scripts/pack/rpm.mts';
import { baseDvd } from '../fakes/base-dvd.ts';
import { standIns } from '../fakes/enterprise-linux.ts';
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
}, 120_000);

test('-r: the repositories alone; cut off while they are copied, the old ones are whole, and it is called again', () => {
  const cut = upgrade(
    '-r /tmp/given/later.img & while [ ! -e /opt/zstack-dvd.new ] && kill -0 $!; do :; done; kill -9 $!; wait $!; true',
  );
  expect(cut).toContain('copying');
  expect(repositories()).toBe(`zs-node-${version}-1.x86_64.rpm\n${KEPT}\n${KEPT}.new`);
  expect(upgrade('-r /tmp/given/later.img')).toMatch(/the repositories are those of 99\.0\.0\ncode 0$/);
  expect([installed(), repositories()]).toEqual([all(version), `zs-node-${LATER}-1.x86_64.rpm\n${KEPT}`]);
}, 120_000);

test('an upgrade that fails: packages and repositories of before come back', () => {
  expect(upgrade('-r /tmp/given/now.img')).toMatch(/code 0$/);
  const said = upgrade('/tmp/given/later.img', 'echo exclude=zs-role-compute >> /etc/dnf/dnf.conf');
  expect(said).toMatch(/did not go well[\s\S]*this node has \d+\.\d+\.\d+ again\ncode 1$/);
  inside('sed -i /^exclude/d /etc/dnf/dnf.conf');
  expect([installed(), repositories()]).toEqual([all(version), `zs-node-${version}-1.x86_64.rpm\n${KEPT}`]);
}, 120_000);

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
}, 120_000);
