import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, type Order } from '../../iso/build.mts';
import { Refusal } from '../../iso/refusal.mts';
import { verify } from '../../iso/verify.mts';
import { makeRpms } from '../../scripts/pack/rpm.mts';
import { baseDvd } from '../fakes/base-dvd.ts';
import { standIns } from '../fakes/enterprise-linux.ts';
import { type SmallPackage, smallPackages } from '../fakes/rpm.ts';
import { OwnRoot } from './own-root.ts';
import { ended, openFolder, until } from './servers.ts';

const folder = openFolder('iso-');
const at = (name: string) => join(folder, name);
const MODES_IN_ORDER = `Available Environment Groups:
   Management Node
   Compute Node
   OCFS2 Storage Node
   Expert Node
Available Groups`;
const ORACLE = ['kernel-uek', 'ocfs2-tools'];
let packages: SmallPackage[];
afterAll(() => rmSync(folder, { recursive: true }));

const made = (order: Partial<Order>) =>
  build({ base: at('base9.iso'), out: at('out.iso'), packages: at('rpms'), add: [at('more')], ...order });
const wrongs = async (file: string, deep = false) =>
  (await verify(file, deep))
    .filter(({ wrong }) => wrong.length > 0)
    .map(({ what, wrong }) => `${what}: ${wrong.join('; ')}`);
/** Programs of xorriso that write this image. */
const pidsOf = (draft: string): number[] =>
  spawnSync('pgrep', ['--full', `^xorriso .*-outdev ${draft}`], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((pid) => pid !== '')
    .map(Number);

/** The lines with which an order is refused. */
async function refused(order: Partial<Order>): Promise<readonly string[]> {
  const error = await made(order).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw error ?? new Error('it was made');
  expect(existsSync(at('out.iso.part'))).toBe(false);
  return error.lines;
}
/** A copy of our image, changed as a hand could change it. */
function changed(from: string, ...commands: string[]): string {
  const out = at('changed.iso');
  rmSync(out, { force: true });
  execFileSync(
    'xorriso',
    ['-indev', from, '-outdev', out, '-boot_image', 'any', 'replay', ...commands, '-commit'],
    { stdio: 'pipe' },
  );
  return out;
}

beforeAll(async () => {
  const rpms = await makeRpms({ out: at('rpms'), level: 1 });
  packages = standIns(rpms).filter(({ name }) => name !== 'rabbitmq-server');
  smallPackages(at('more'), [
    { name: 'rabbitmq-server', requires: ['erlang'] },
    { name: 'erlang' },
    { name: 'not-needed' },
  ]);
  mkdirSync(at('virtio/viostor'), { recursive: true });
  mkdirSync(at('virtio/vioscsi'));
  for (const name of ['viostor', 'vioscsi']) writeFileSync(at(`virtio/${name}/driver.sys`), name);
  execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', '-R', '-o', at('virtio.iso'), at('virtio')], {
    stdio: 'pipe',
  });
  baseDvd(at('base9.iso'), { generation: 9, packages });
  baseDvd(at('base10.iso'), {
    generation: 10,
    packages: packages.filter(({ name }) => !ORACLE.includes(name)),
  });
}, 500_000);

describe('an image', () => {
  test('of generation 9 with all four modes is what is promised', async () => {
    const told = await made({ out: at('ours9.iso'), virtio: at('virtio.iso'), label: 'SITE-9' });
    expect(told).toEqual(['made of Made Up Linux 9.0; modes: management, compute, storage, expert']);
    expect(await wrongs(at('ours9.iso'), true)).toEqual([]);
  }, 300_000);

  test('of generation 10 without a kernel for OCFS2 leaves the storage mode out, and says so', async () => {
    const told = await made({ base: at('base10.iso'), out: at('ours10.iso') });
    expect(told).toEqual([
      'made of Made Up Linux 10.0; modes: management, compute, expert',
      'left out: storage, without kernel-uek (zs-role-storage), ocfs2-tools (zs-role-storage)',
      'left out: drivers of Windows guests (--virtio); without them such guests see no disk',
    ]);
    expect(await wrongs(at('ours10.iso'), true)).toEqual([]);
    expect((await verify(at('ours10.iso'), false)).map(({ what }) => what)).toContain(
      'modes management, compute, expert and no other',
    );
  }, 300_000);

  test('brings of given folders what is needed and nothing else, and tells where everything is from', () => {
    const out = at('own');
    execFileSync('osirrox', ['-indev', at('ours9.iso'), '-extract', '/ZSNode', out], { stdio: 'pipe' });
    const names = readdirSync(join(out, 'Packages'));
    expect(names).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^rabbitmq-server/),
        expect.stringMatching(/^erlang/),
        expect.stringMatching(/^zs-role-storage/),
      ]),
    );
    expect(names.filter((name) => name.startsWith('not-needed'))).toEqual([]);
    const { base, packages: listed } = JSON.parse(readFileSync(join(out, 'provenance.json'), 'utf8'));
    expect(base).toMatchObject({ name: 'Made Up Linux 9.0', label: 'Made-Up-9-0-x86_64-dvd' });
    expect(listed.map(({ file }: { file: string }) => file)).toEqual(names.sort());
  });

  test('installs each mode into an empty root, from itself alone', () => {
    for (const role of ['management', 'compute', 'storage', 'expert']) {
      const root = new OwnRoot();
      try {
        mkdirSync(root.given);
        execFileSync(
          'osirrox',
          [
            '-indev',
            at('ours9.iso'),
            ...['BaseOS', 'AppStream', 'ZSNode'].flatMap((name) => [
              '-extract',
              `/${name}`,
              join(root.given, name),
            ]),
          ],
          { stdio: 'pipe' },
        );
        const repositories = ['BaseOS', 'AppStream', 'ZSNode'].map(
          (name) => `--repofrompath=${name},/tmp/given/${name}`,
        );
        const dnf = (...argv: string[]) =>
          root.inside(
            'dnf',
            '-y',
            '--disablerepo=*',
            ...repositories,
            '--nogpgcheck',
            '--setopt=module_platform_id=platform:el9',
            ...argv,
          );
        if (role === 'management') expect(dnf('group', 'list')).toContain(MODES_IN_ORDER);
        dnf('group', 'install', `zs-${role}-node`);
        expect(root.inside('zs-role')).toBe(role);
        expect(root.inside('rpm', '-q', 'zs-repository', 'enterprise-linux')).not.toContain('not installed');
        expect(root.inside('zs-controller', '--version')).toMatch(/\d/);
      } finally {
        root.end();
      }
    }
  }, 300_000);
});

describe('reading an image again finds', () => {
  test('one byte that is another', async () => {
    const copy = at('flipped.iso');
    copyFileSync(at('ours9.iso'), copy);
    execFileSync('dd', [`of=${copy}`, 'bs=1', 'seek=30000000', 'conv=notrunc'], {
      input: 'X',
      stdio: 'pipe',
    });
    expect(await wrongs(copy, true)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^checksum inside/),
        expect.stringMatching(/^checksum beside/),
      ]),
    );
    rmSync(copy);
  }, 300_000);

  test('another label, a missing package, a stock mode, a menu without the serial line, a changed product.img', async () => {
    const stock = at('stock');
    execFileSync('osirrox', ['-indev', at('base9.iso'), '-extract', '/BaseOS/repodata', stock], {
      stdio: 'pipe',
    });
    const menu = at('isolinux.cfg');
    execFileSync('osirrox', ['-indev', at('ours9.iso'), '-extract', '/isolinux/isolinux.cfg', menu], {
      stdio: 'pipe',
    });
    writeFileSync(menu, readFileSync(menu, 'utf8').replace('console=ttyS0,115200n8', ''));
    const other = changed(
      at('ours9.iso'),
      ...['-volid', 'OTHER', '-rm', '/ZSNode/Packages/erlang-1-1.x86_64.rpm', '--'],
      ...['-rm_r', '/BaseOS/repodata', '--', '-map', stock, '/BaseOS/repodata'],
      ...['-map', menu, '/isolinux/isolinux.cfg', '-map', menu, '/images/product.img'],
    );
    expect(await wrongs(other)).toEqual([
      'boot menus: EFI/BOOT/grub.cfg: it looks for the label SITE-9, the image has OTHER; ' +
        'isolinux/isolinux.cfg: it has no installation as text on a serial line; ' +
        'isolinux/isolinux.cfg: it looks for the label SITE-9, the image has OTHER',
      'packages are all there: ZSNode/Packages/erlang-1-1.x86_64.rpm is not there',
      'modes management, compute, storage, expert and no other: BaseOS brings minimal-environment too',
      'installer finds repositories and images: images/product.img is not what .treeinfo says',
    ]);
  }, 300_000);
});

describe('an order is refused in plain lines, and nothing is left of it', () => {
  test('without packages that a mode needs: all of them at once', async () => {
    baseDvd(at('poor.iso'), {
      generation: 9,
      packages: packages.filter(({ name }) => !/^(mariadb|qemu)/.test(name)),
    });
    const lines = await refused({ base: at('poor.iso'), add: [] });
    expect(lines.join('\n')).toMatch(/--add/);
    for (const name of ['mariadb', 'mariadb-server', 'rabbitmq-server', 'qemu-kvm', 'qemu-img'])
      expect(lines.some((line) => line.startsWith(`${name} (`))).toBe(true);
  }, 300_000);

  test('a base that is cut off, of another machine or generation, without packages, alive, or no image', async () => {
    const whole = readFileSync(at('base9.iso'));
    writeFileSync(at('cut.iso'), whole.subarray(0, whole.length - 4_000_000));
    expect(await refused({ base: at('cut.iso') })).toEqual([
      expect.stringMatching(/is cut off, \d+ of \d+ bytes/),
    ]);
    baseDvd(at('bad.iso'), { generation: 9, arch: 'aarch64', packages: [{ name: 'one' }] });
    expect(await refused({ base: at('bad.iso') })).toEqual([
      expect.stringContaining('is for aarch64, not for x86_64'),
    ]);
    baseDvd(at('bad.iso'), { generation: 9, packages: [{ name: 'one' }], without: ['BaseOS', 'AppStream'] });
    expect(await refused({ base: at('bad.iso') })).toEqual([expect.stringContaining('brings no packages')]);
    expect(await refused({ base: at('virtio.iso') })).toEqual([
      expect.stringContaining('is no installation DVD'),
    ]);
    const old = at('treeinfo');
    writeFileSync(old, '[general]\nversion = 8.10\n');
    expect(await refused({ base: changed(at('base9.iso'), '-map', old, '/.treeinfo') })).toEqual([
      expect.stringContaining('is version 8.10'),
    ]);
    expect(await refused({ base: at('treeinfo') })).toEqual([
      expect.stringContaining('is not an ISO 9660 image'),
    ]);
    expect(await refused({ base: at('nothing') })).toEqual([expect.stringContaining('cannot be read')]);
  }, 300_000);

  test('a label that menus cannot write, folders and images that are not what they should be', async () => {
    for (const label of ['a b', 'ä', '', 'x'.repeat(33), "q'"])
      expect(await refused({ label })).toEqual([expect.stringContaining('--label')]);
    expect(await refused({ add: [at('nowhere')] })).toEqual([expect.stringContaining('--add')]);
    expect(await refused({ packages: at('virtio') })).toEqual([expect.stringContaining('--packages')]);
    expect(await refused({ virtio: at('base9.iso') })).toEqual([
      expect.stringContaining('has no driver viostor and none vioscsi'),
    ]);
    expect(await refused({ out: at('base9.iso') })).toEqual([expect.stringContaining('--out')]);
  });

  test('a disk that others fill while it is written: said in a line, and the image that was there stays', async () => {
    const small = at('filling');
    const out = join(small, 'out.iso');
    mkdirSync(small);
    baseDvd(at('large.iso'), { generation: 9, packages, filler: 300e6 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=450M', 'tmpfs', small]);
    try {
      writeFileSync(out, 'the one before');
      const lines = refused({ base: at('large.iso'), out });
      // It stands still meanwhile, or it might be done before the others are.
      const writer = await until(async () => pidsOf(`${out}.part`)[0]);
      process.kill(writer, 'SIGSTOP');
      spawnSync('dd', ['if=/dev/zero', `of=${join(small, 'others')}`, 'bs=1M'], { stdio: 'ignore' });
      process.kill(writer, 'SIGCONT');
      expect(await lines).toEqual([expect.stringMatching(/out\.iso\.part: cannot be written: /)]);
      expect(readdirSync(small).sort()).toEqual(['others', 'out.iso']);
      expect(readFileSync(out, 'utf8')).toBe('the one before');
    } finally {
      execFileSync('umount', [small]);
      rmSync(at('large.iso'));
    }
  }, 300_000);

  test('a disk without room; a run that is cut off keeps the image that was there, and repeated makes the same bytes', async () => {
    const small = at('small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20M', 'tmpfs', small]);
    try {
      expect(await refused({ out: join(small, 'out.iso') })).toEqual([
        expect.stringMatching(/has \d+ bytes left, \d+ are needed/),
      ]);
    } finally {
      execFileSync('umount', [small]);
    }
    copyFileSync(at('base10.iso'), at('old.iso'));
    const same = ['--base', at('base9.iso'), '--label', 'SITE-9', '--virtio', at('virtio.iso')];
    const argv = [
      'iso/main.mts',
      ...same,
      '--out',
      at('old.iso'),
      '--packages',
      at('rpms'),
      '--add',
      at('more'),
    ];
    const run = spawn(process.execPath, argv, { cwd: join(import.meta.dirname, '../..'), stdio: 'inherit' });
    const draft = at('old.iso.part');
    await until(async () => existsSync(draft) || undefined);
    run.kill('SIGKILL');
    await ended(run);
    expect(readFileSync(at('old.iso')).equals(readFileSync(at('base10.iso')))).toBe(true);
    expect(await made({ out: at('old.iso'), label: 'SITE-9', virtio: at('virtio.iso') })).toHaveLength(1);
    expect(readFileSync(at('old.iso')).equals(readFileSync(at('ours9.iso')))).toBe(true);
    expect(existsSync(draft)).toBe(false);
  }, 300_000);
});
