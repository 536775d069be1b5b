import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Expanded, Expansion } from '../../../src/node/storage/expand/schema.ts';
import { missingForDisks, ran, STORAGE, StorageWorld } from './world.ts';

const missing = missingForDisks();
let world: StorageWorld;
beforeEach(({ skip }) => {
  skip(missing !== undefined, `${missing}`);
  world = new StorageWorld();
});
afterEach(() => world?.end());

const blocks = (path: string) => Number(ran('stat', '--format=%b', path));
const expand = (device: string, more = {}) => world.do('expand', { storage: STORAGE, device, ...more });

test('a storage comes onto a new disk with owners, links, holes and attributes; the old files stay until they are removed', async () => {
  const device = world.disk();
  const before = world.look();
  const { output, fault } = await expand(device);
  expect(fault).toBeUndefined();
  const { files, total } = output as Expanded;
  const { folder: old } = (output as Expanded).old as { folder: string };
  expect(files).toBe(3);
  expect(world.look()).toBe(before);
  expect(world.look(old)).toBe(before);
  expect(blocks(join(world.path, 'sparse.raw'))).toBe(0);
  expect(world.mounts).toHaveLength(2);
  // The cluster was told, and the host is no longer in maintenance.
  expect(world.host).toMatchObject({ state: 'Enabled', room: { total } });
  expect(readFileSync(world.fstab, 'utf8')).toMatch(
    /^# made by hand\n\/dev\/none\t\/none ext4 noauto 0 0\nUUID=.* xfs defaults,nofail.*\n.* none bind,nofail.*\n$/,
  );

  // As after a start: by fstab alone, and nobody writes where the disk is away.
  world.cutMounts();
  expect(() => writeFileSync(join(world.path, 'lost'), '')).toThrow();
  ran('mount', '--all', '--fstab', world.fstab);
  expect(world.look()).toBe(before);

  const { storages } = (await world.do('expansion')).output as Expansion;
  expect(storages[0]).toMatchObject({ path: world.path, old: { path: old } });
  expect((await world.do('removeOld', { storage: STORAGE })).output).toMatchObject({
    bytes: expect.any(Number),
  });
  expect(world.look()).toBe(before);
  expect(() => world.look(old)).toThrow();
  expect((await world.do('removeOld', { storage: STORAGE })).fault?.words.en).toContain('no old files');
});

test.each<[string, (device: string) => void]>([
  ['ext4', (device) => void ran('mkfs.ext4', '-q', device)],
  ['gpt', (device) => writeAt(device, 512, 'EFI PART')],
  ['crypto_LUKS', (device) => writeAt(device, 0, 'LUKS\\272\\276\\0\\1')],
  ['data of an unknown kind', (device) => writeAt(device, 4096, 'somebody needs this')],
])('a disk that holds %s is touched only when its name was typed', async (kind, fill) => {
  const device = world.disk();
  fill(device);
  await synced(device);
  const name = device.replace('/dev/', '');
  const bytes = () => ran('sha256sum', device);
  const before = bytes();
  for (const erase of [undefined, device]) {
    const { fault } = await expand(device, { erase });
    expect(fault).toMatchObject({ kind: 'conflict', field: 'erase' });
    expect(fault?.words.en).toContain(kind === 'gpt' ? 'holds' : `holds ${kind}`);
  }
  expect(bytes()).toBe(before);
  expect((await expand(device, { erase: name })).fault).toBeUndefined();
});

/** @param text as printf(1) takes it */
function writeAt(device: string, at: number, text: string): void {
  ran('sh', '-c', `printf '${text}' | dd of=${device} bs=1 seek=${at} conv=notrunc status=none`);
}

async function synced(device: string): Promise<void> {
  await using handle = await open(device, 'r+');
  await handle.sync();
}

test('nothing is done when anything is not as expected: one line says what, and names the field', async () => {
  const device = world.disk();
  const look = world.look();
  const refused = async (input: object) => {
    const { fault } = await world.do('expand', { storage: STORAGE, device, ...input });
    expect(world.look()).toBe(look);
    expect(world.mounts.filter((at) => at !== join(world.folder, 'mounted'))).toEqual([]);
    expect(world.host).toEqual({ state: 'Enabled' });
    return `${fault?.kind} ${fault?.field}: ${fault?.words.en}`;
  };
  expect(await refused({ storage: '6'.repeat(32) })).toBe('notFound storage: this node has no such storage');
  expect(await refused({ device: '/dev/nothing' })).toBe('notFound device: there is no disk /dev/nothing');
  const small = world.disk(200 * 2 ** 20);
  expect(await refused({ device: small })).toMatch(/^conflict device: .*: too small: 300 MiB are needed$/);

  const handle = await open(join(world.path, 'sparse.raw'), 'r');
  expect(await refused({})).toMatch(/^conflict storage: .* \(\d+\) has .*sparse.raw open$/);
  await handle.close();

  const other = world.disk();
  ran('mkfs.ext4', '-q', other);
  const name = other.replace('/dev/', '');
  const at = join(world.folder, 'mounted');
  ran('mkdir', at);
  ran('mount', other, at);
  expect(await refused({ device: other, erase: name })).toBe(`conflict device: ${other}: mounted at ${at}`);
  ran('umount', at);
  const uuid = ran('blkid', '-p', '-s', 'UUID', '-o', 'value', other).trim();
  writeFileSync(world.fstab, `UUID=${uuid} /data ext4 defaults 0 2\n`);
  expect(await refused({ device: other, erase: name })).toBe(`conflict device: ${other}: in /etc/fstab`);
});

test('a copy that is not the same goes, with all that was made: the storage is as before', async () => {
  // It changes while it is copied: a file that somebody writes every moment, and does not keep open.
  const device = world.disk();
  const file = join(world.path, 'written');
  const writing = setInterval(() => writeFileSync(file, String(performance.now())), 5);
  const { fault } = await expand(device);
  clearInterval(writing);
  expect(fault?.words.en).toMatch(/written (is not the same: |open$)/);
  ran('rm', file);
  expect(world.mounts).toEqual([]);
  expect(world.host.state).toBe('Enabled');
  expect(readFileSync(world.fstab, 'utf8')).not.toContain('xfs');
  // The disk is empty again, so that it can be tried once more.
  expect((await expand(device)).fault).toBeUndefined();
});
