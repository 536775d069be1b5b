import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Expanded, Expansion } from '../../../src/node/storage/expand/schema.ts';
import { inSpace, inside, missingForDisks, ran, STORAGE, StorageWorld } from './world.ts';

const missing = missingForDisks();
let world: StorageWorld;
beforeEach(({ skip }) => {
  skip(missing !== undefined, `${missing}`);
  world = new StorageWorld();
});
afterEach(() => world?.end());

const LARGER = 500 * 2 ** 20;
const expand = (device: string, more = {}) => world.do('expand', { storage: STORAGE, device, ...more });
const fstab = () => readFileSync(world.fstab, 'utf8');
const nameOf = (device: string) => device.replace('/dev/', '');
const read = async () => (await world.do('expansion')).output as Expansion;
const diskOf = ({ disks }: Expansion, wanted: string) => disks.find(({ device }) => device === wanted);

test('from its own disk a storage comes onto a larger one: the old disk is unmounted, named, and whole until its name erases it', async () => {
  const [first, second] = [world.disk(), world.disk(LARGER)];
  const before = world.look();
  const { folder: old } = ((await expand(first)).output as Expanded).old as { folder: string };
  const lines = fstab();
  writeFileSync(world.fstab, `${lines}# the last line\n`);

  const { output, fault } = await expand(second);
  expect(fault).toBeUndefined();
  expect(output).toMatchObject({ files: 3, old: { device: first } });
  expect(world.look()).toBe(before);
  expect([world.device, world.mounts.length]).toEqual([second, 2]);
  expect(world.lookOn(first)).toBe(before);
  expect(world.host).toMatchObject({ state: 'Enabled', room: { total: (output as Expanded).total } });
  const uuid = (device: string) => ran('blkid', '-p', '-s', 'UUID', '-o', 'value', device).trim();
  const [was, is] = [uuid(first), uuid(second)];
  const note = `# UUID=${was} held ${world.path} until UUID=${is} took its place: no longer mounted\n`;
  expect(fstab()).toBe(
    `${lines.replaceAll(was, is).replace(`UUID=${is}`, `${note}UUID=${is}`)}# the last line\n`,
  );
  expect(readdirSync(join(world.folder, 'mounts'))).toEqual([is]);

  // As after a start: by fstab alone, and nobody writes where the disk is away.
  world.cutMounts();
  expect(() => ran('touch', join(world.path, 'lost'))).toThrow();
  ran('mount', '--all', '--fstab', world.fstab);
  expect([world.look(), world.device]).toEqual([before, second]);

  // The first files of all are beside it still, and go; those on the old disk do not.
  const now = await read();
  expect(now.storages[0]).toMatchObject({ old: { path: old } });
  expect(now.storages[0]?.problem).toBeUndefined();
  expect(diskOf(now, first)).toMatchObject({
    formerly: { path: world.path, device: first },
    holds: [{ en: `the old copy of ${world.path}` }],
  });
  expect((await world.do('removeOld', { storage: STORAGE })).fault).toBeUndefined();
  expect(existsSync(old)).toBe(false);
  expect((await world.do('removeOld', { storage: STORAGE })).fault?.words.en).toBe(
    `${world.path} has no old files beside it: they are on ${first}, which is no longer used`,
  );
  expect(world.lookOn(first)).toBe(before);

  // And back, for its name alone.
  expect((await expand(first)).fault).toMatchObject({ kind: 'conflict', field: 'erase' });
  expect(world.lookOn(first)).toBe(before);
  expect((await expand(first, { erase: nameOf(first) })).fault).toBeUndefined();
  expect([world.look(), world.device, world.lookOn(second)]).toEqual([before, first, before]);
  expect(diskOf(await read(), first)?.formerly).toBeUndefined();
});

test.each(['xfs', 'ext4'] as const)('from a disk with %s that the installer mounted', async (type) => {
  const first = world.own(type, (uuid) => `UUID=${uuid}\t${world.path}/  ${type}  defaults 1 2`);
  const second = world.disk(LARGER);
  const [before, lines] = [world.look(), fstab()];
  const { output, fault } = await expand(second);
  expect(fault).toBeUndefined();
  expect(output).toMatchObject({ files: 3, old: { device: first } });
  expect([world.look(), world.device, world.lookOn(first)]).toEqual([before, second, before]);
  expect(fstab()).toMatch(/\n# UUID=.*\nUUID=.* xfs defaults,nofail.*\n.* none bind,nofail.*\n$/);
  expect(fstab().split('\n').slice(0, 2)).toEqual(lines.split('\n').slice(0, 2));
  world.cutMounts();
  expect(() => ran('touch', join(world.path, 'lost'))).toThrow();
  ran('mount', '--all', '--fstab', world.fstab);
  expect([world.look(), world.device]).toEqual([before, second]);
});

/** Mounts that stay, how each is made, and what is said of it. */
const KEPT: [string, RegExp, () => void][] = [
  ['no line', /no line of \/etc\/fstab mounts it/, () => void world.own('xfs', () => '#')],
  [
    'two lines',
    /several lines of \/etc\/fstab mount it/,
    () => void world.own('xfs', (uuid) => `${line(uuid)}\n${line(uuid)}`),
  ],
  ...['noauto', 'noatime', 'x-systemd.automount', 'x-systemd.requires=a.service', 'context="a"'].map(
    (option): [string, RegExp, () => void] => [
      option,
      new RegExp(`would be lost: ${option}$`),
      () => void world.own('xfs', (uuid) => line(uuid, `defaults,${option}`)),
    ],
  ),
  [
    'the line of another disk',
    /its line in \/etc\/fstab is not that of \/dev\/loop\d+: UUID=another xfs/,
    () => void world.own('xfs', () => line('another')),
  ],
  ['memory', /tmpfs is mounted there \(none\)/, () => mounted('-t', 'tmpfs', 'none', world.path)],
  [
    'a part of a disk',
    /only \/volumes of \/dev\/loop\d+ is mounted there/,
    () => {
      world.own('xfs', (uuid) => line(uuid));
      const elsewhere = join(world.folder, 'elsewhere');
      ran('mkdir', elsewhere);
      mounted('--move', world.path, elsewhere);
      mounted('--bind', join(elsewhere, 'volumes'), world.path);
    },
  ],
  [
    'another mount of it',
    /is mounted at .*\/elsewhere too/,
    () => {
      world.own('ext4', (uuid) => line(uuid, 'defaults', 'ext4'));
      ran('mkdir', join(world.folder, 'elsewhere'));
      mounted('--bind', join(world.path, 'volumes'), join(world.folder, 'elsewhere'));
    },
  ],
  [
    'two over each other',
    /several mounts lie over each other there/,
    () => {
      world.own('xfs', (uuid) => line(uuid));
      world.own('xfs', () => '#');
    },
  ],
  [
    'one in it',
    /vms\/volumes is mounted in it/,
    () => {
      world.own('xfs', (uuid) => line(uuid));
      mounted('-t', 'tmpfs', 'none', join(world.path, 'volumes'));
    },
  ],
  [
    'read-only',
    /is mounted read-only/,
    () => {
      const device = world.own('xfs', (uuid) => line(uuid));
      mounted('-o', 'remount,ro', device, world.path);
    },
  ],
  [
    'a disk of which there is a copy',
    /has the same UUID as/,
    () => {
      const device = world.own('ext4', (uuid) => line(uuid, 'defaults', 'ext4'));
      ran('dd', `if=${device}`, `of=${world.disk()}`, 'bs=1M', 'status=none');
    },
  ],
];

const line = (uuid: string, options = 'defaults', type = 'xfs') =>
  `UUID=${uuid} ${world.path} ${type} ${options} 0 0`;
const mounted = (...words: string[]) => void ran('mount', ...words);

test.each(KEPT)('a mount with %s stays as it is, and why is said', async (_how, said, make) => {
  make();
  expect((await read()).storages[0]?.problem?.en).toMatch(said);
});

test('lines of an expansion that a person changed stay, and so does a disk that another program has mounted for itself', async () => {
  const [first, second] = [world.disk(), world.disk(LARGER)];
  await expand(first);
  const before = world.look();
  const lines = fstab();
  writeFileSync(world.fstab, lines.replace('xfs defaults', 'xfs noatime'));
  expect((await expand(second)).fault?.words.en).toMatch(
    /only \/storage of \/dev\/loop\d+ is mounted there$/,
  );
  writeFileSync(world.fstab, lines);

  const words = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', 'echo; exec sleep 600'];
  const other = spawn(...inSpace(...words), { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(other.stdout, 'data');
  const { fault } = await expand(second);
  other.kill();
  await once(other, 'close');
  expect(fault?.words.en).toBe(`a program has ${first} mounted for itself`);
  expect([world.look(), world.device, fstab(), world.host.state]).toEqual([before, first, lines, 'Enabled']);
  ran('touch', join(world.path, 'written'));
  ran('rm', join(world.path, 'written'));
  // The new disk is empty again.
  expect((await expand(second)).fault).toBeUndefined();
});

test('written to while it is copied: all is as before, and can be written to', async () => {
  const first = world.own('ext4', (uuid) => line(uuid, 'defaults', 'ext4'));
  const second = world.disk(LARGER);
  const lines = fstab();
  const file = join(world.path, 'written');
  const writing = setInterval(() => writeFileSync(inside(file), String(performance.now())), 5);
  const { fault } = await expand(second);
  clearInterval(writing);
  expect(fault?.words.en).toMatch(/written (is not the same: |open$)|busy/);
  ran('rm', file);
  expect([world.device, world.mounts, fstab()]).toEqual([first, [world.path], lines]);
  expect(ran('wipefs', second)).toBe('');
  expect((await expand(second)).fault).toBeUndefined();
});
