import { readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Expansion } from '../../../src/node/storage/expand/schema.ts';
import type { StorageRoom } from '../../../src/node/storage/local/schema.ts';
import { DISK_BYTES, inside, missingForDisks, ran, STORAGE, StorageWorld } from './world.ts';

const missing = missingForDisks();
let world: StorageWorld;
beforeEach(({ skip }) => {
  skip(missing !== undefined, `${missing}`);
  world = new StorageWorld();
});
afterEach(() => world?.end());

const nofail = (uuid: string): string => `UUID=${uuid} ${world.path} ext4 defaults,nofail 0 2`;
const connect = () => world.do('connect', { storage: STORAGE, path: world.path });

/** Not measured, not put elsewhere, and nothing is made in its folder. */
async function expectAway(why: RegExp): Promise<void> {
  const before = readdirSync(inside(world.path));
  const connected = await connect();
  expect(connected).toMatchObject({ fault: { kind: 'unavailable', field: 'path' } });
  expect(connected.fault?.words.en).toMatch(why);
  const { storages } = (await world.do('expansion')).output as Expansion;
  expect(storages).toMatchObject([{ path: world.path, total: 0, free: 0 }]);
  expect(storages[0]?.problem?.en).toMatch(why);
  const device = world.disk();
  const { fault } = await world.do('expand', { storage: STORAGE, device });
  expect(fault).toMatchObject({ kind: 'unavailable', field: 'storage' });
  expect(readdirSync(inside(world.path))).toEqual(before);
}

test('a storage whose disk of fstab is not mounted is not available; once it is, it has the room of that disk', async () => {
  const device = world.own('ext4', nofail);
  world.cutMounts();
  await expectAway(/UUID=\S+ is not mounted at \S+\/vms$/);
  ran('mount', device, world.path);
  const { total } = (await connect()).output as StorageRoom;
  expect(total).toBeLessThan(DISK_BYTES);
});

test('a folder that is kept for a disk is not available without one, whatever fstab says', async () => {
  const device = world.own('ext4', () => '#');
  world.cutMounts();
  ran('find', world.path, '-mindepth', '1', '-delete');
  const { total } = (await connect()).output as StorageRoom;
  expect(total).toBeGreaterThan(DISK_BYTES);
  ran('chattr', '+i', world.path);
  await expectAway(/nothing is mounted at \S+\/vms, which is kept for a disk$/);
  ran('mount', device, world.path);
  expect((await connect()).output).not.toMatchObject({ total });
});

test.each([
  ['above it', (folder: string) => `UUID=0 ${folder}/ ext4 defaults 0 2`, true],
  ['beside it', (folder: string) => `UUID=0 ${folder}/vms2 ext4 defaults 0 2`, false],
  ['at it when somebody asks', (folder: string) => `UUID=0 ${folder}/vms ext4 noauto 0 2`, false],
])('what fstab mounts %s', async (_where, line, away) => {
  writeFileSync(world.fstab, `${line(world.folder)}\n`);
  expect((await connect()).fault?.kind).toBe(away ? 'unavailable' : undefined);
});
