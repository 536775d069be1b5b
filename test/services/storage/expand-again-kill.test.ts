import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { everyNth } from '../moments.ts';
import { DISK_BYTES, missingForDisks, ran, STORAGE, StorageWorld } from './world.ts';

const missing = missingForDisks();
/** One moment in so many, another set in each run of the tests. */
const ONE_IN = 9;
/** How many there are differs by so many from time to time: an unmount may need another try. */
const MOVING = 12;
/** From the moment on at which fstab has the new mounts. */
const AFTER_FSTAB = [-1, -3, -5];

let world: StorageWorld;
beforeEach(({ skip }) => {
  skip(missing !== undefined, `${missing}`);
  world = new StorageWorld();
});
afterEach(() => world?.end());

const fstab = () => readFileSync(world.fstab, 'utf8');

interface Before {
  lines: string;
  mounts: string[];
  look: string;
  /** The disk that it is on, and the one that it shall come onto. */
  from: string;
  onto: string;
}

/** Old: as it was, and the other disk empty. New: on the other disk alone, the same, and the old disk whole. */
function standing({ lines, mounts, look, from, onto }: Before): string {
  ran('touch', `${world.path}/can-be-written`);
  ran('rm', `${world.path}/can-be-written`);
  const now = { device: world.device, mounts: world.mounts.length, isEmpty: ran('wipefs', onto) === '' };
  const told = `${JSON.stringify(now)} ${fstab() === lines ? 'old' : 'new'} lines`;
  if (world.look() !== look) return `changed: ${told}`;
  if (fstab() === lines)
    return now.device === from && `${world.mounts}` === `${mounts}` && now.isEmpty ? 'old' : `half: ${told}`;
  const isNew = now.device === onto && now.mounts === 2 && !now.isEmpty;
  return isNew && world.lookOn(from) === look ? 'new' : `half: ${told}`;
}

const start = () => void ran('mount', '--all', '--fstab', world.fstab);

/** Kills an expansion from one disk onto the other at many points; each goes on from where the last one ended. */
async function killedOften([from, onto]: [string, string], after: () => Promise<string[]>): Promise<void> {
  const order = (device: string) => ({ storage: STORAGE, device, erase: device.replace('/dev/', '') });
  const { points, fault } = await world.do('expand', order(onto));
  expect(fault).toBeUndefined();
  expect(points).toBeGreaterThan(40);
  [from, onto] = [onto, from];
  const ends: string[] = [];
  for (const at of [...everyNth(points - MOVING, ONE_IN), ...AFTER_FSTAB]) {
    ran('wipefs', '--all', onto);
    const before = { from, onto, lines: fstab(), mounts: world.mounts, look: world.look() };
    expect(await world.do('expand', order(onto), at), `point ${at}`).toMatchObject({ killed: true });
    const outcomes = await after();
    const end = standing(before);
    expect(['old', 'new'], `point ${at} of ${points}: ${end}; ${outcomes.join('; ')}`).toContain(end);
    expect(world.host.state).toBe('Enabled');
    expect(world.host.room?.total).toBeLessThan(DISK_BYTES);
    ends.push(end);
    if (end === 'new') [from, onto] = [onto, from];
  }
  console.log(ends.join(' '));
  expect(new Set(ends)).toEqual(new Set(['old', 'new']));
}

const recovered = async () => (await world.do('none')).outcomes;

test.each<[string, () => Promise<string[]>]>([
  ['killed', recovered],
  [
    'cut off, and started with what fstab says,',
    async () => {
      world.cutMounts();
      start();
      return recovered();
    },
  ],
  [
    'cut off, and started before its disks are there,',
    async () => {
      world.cutMounts();
      const outcomes = await recovered();
      if (world.mounts.length > 0) return outcomes;
      start();
      return [...outcomes, ...(await recovered())];
    },
  ],
])(
  '%s at any point of an expansion from one disk onto another: the storage is on the old one as before, or whole on the new one',
  async (_how, after) => {
    const disks: [string, string] = [world.disk(), world.disk()];
    await world.do('expand', { storage: STORAGE, device: disks[0] });
    await killedOften(disks, after);
  },
  500_000,
);

test('cut off where the installer had mounted the disk: its line is there to the letter, or the new ones are', async () => {
  const line = (uuid: string) => `UUID=${uuid}\t${world.path}  ext4 defaults 1 2\n# below`;
  const disks = () => ({ from: world.own('ext4', line), onto: world.disk() });
  const { points } = await world.do('expand', { storage: STORAGE, device: disks().onto });
  const ends: string[] = [];
  for (const at of [...everyNth(points - MOVING, 2 * ONE_IN), -1, -5]) {
    world.end();
    world = new StorageWorld();
    const before = { ...disks(), lines: fstab(), mounts: world.mounts, look: world.look() };
    const order = { storage: STORAGE, device: before.onto };
    expect(await world.do('expand', order, at), `point ${at}`).toMatchObject({ killed: true });
    world.cutMounts();
    start();
    const outcomes = await recovered();
    const end = standing(before);
    expect(['old', 'new'], `point ${at} of ${points}: ${end}; ${outcomes.join('; ')}`).toContain(end);
    ends.push(end);
  }
  console.log(ends.join(' '));
  expect(new Set(ends)).toEqual(new Set(['old', 'new']));
}, 400_000);
