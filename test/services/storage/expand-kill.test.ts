import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { everyNth } from '../moments.ts';
import { DISK_BYTES, missingForDisks, ran, STORAGE, StorageWorld } from './world.ts';

const missing = missingForDisks();
/** One moment in so many, another set in each run of the tests. */
const ONE_IN = 8;
/** How many there are differs by so many from time to time: an unmount may need another try. */
const MOVING = 12;
/** From the moment on at which fstab has the mounts. */
const AFTER_FSTAB = [-1, -4, -6];

let world: StorageWorld;
beforeEach(({ skip }) => {
  skip(missing !== undefined, `${missing}`);
  world = new StorageWorld();
});
afterEach(() => world?.end());

/** Old: as it was, and the disk empty. New: on the disk, also at the next start, and the old files beside it. */
function standing(device: string): string {
  const kept = readFileSync(world.fstab, 'utf8').includes('xfs');
  const beside = readdirSync(world.folder).some((name) => name.startsWith('vms.before-'));
  const parts = [kept, beside, world.mounts.length === 2, ran('wipefs', device) !== ''];
  if (parts.every((part) => part)) return 'new';
  return parts.some((part) => part) || world.mounts.length > 0 ? `half: ${parts.join()}` : 'old';
}

test.each([
  ['killed', () => undefined],
  ['cut off', () => world.cutMounts()],
])(
  '%s at any point of an expansion: recovered, the storage is where it was, or whole on the disk, and the host is back',
  async (_how, cut) => {
    const first = world.disk();
    const { points } = await world.do('expand', { storage: STORAGE, device: first });
    expect(points).toBeGreaterThan(40);
    world.end();
    const ends: string[] = [];
    for (const at of [...everyNth(points - MOVING, ONE_IN), ...AFTER_FSTAB]) {
      world = new StorageWorld();
      const device = world.disk();
      const before = world.look();
      expect((await world.do('expand', { storage: STORAGE, device }, at)).killed).toBe(true);
      cut();
      const { outcomes } = await world.do('none');
      // Before its disk is there, that is said, and no other room is told.
      if (readFileSync(world.fstab, 'utf8').includes('xfs') && world.mounts.length === 0) {
        expect(outcomes.join()).toMatch(/^(stuck: .* is not mounted at|finished: )/);
        expect(world.host.room?.total ?? 0).toBeLessThan(DISK_BYTES);
        ran('mount', '--all', '--fstab', world.fstab);
        outcomes.push(...(await world.do('none')).outcomes);
      }
      const end = standing(device);
      expect(['old', 'new'], `point ${at} of ${points}: ${end}; ${outcomes.join('; ')}`).toContain(end);
      expect(world.look()).toBe(before);
      expect(world.host.state).toBe('Enabled');
      if (end === 'new') expect(world.host.room?.total).toBeLessThan(DISK_BYTES);
      ends.push(end);
      world.end();
    }
    world = new StorageWorld();
    console.log(ends.join(' '));
    expect(new Set(ends)).toEqual(new Set(['old', 'new']));
  },
  400_000,
);
