import { expect } from 'vitest';
import { CUT_AFTERWARDS, cutAndStarted, cutAt, cutsAmong, pointsSeen, readyToCut } from './driver/cut.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import {
  attention,
  begin,
  EVERYTHING,
  ended,
  MOVED,
  managed,
  oneOf,
  reached,
  type World,
} from './driver/managed.ts';
import { expectWhole, KEPT, stateOf } from './driver/network-state.ts';

/** The state as it was found before the first change. */
const BACK = { kind: 'restore', id: 1 };

/** A change, and the states that it leads from and to. */
interface Way {
  change: { kind: string };
  before: string;
  after: string;
}

/** Makes the change to its end. Answers how many points its keeping has, and the state that it makes. */
async function made(node: Machine, change: object): Promise<[points: number, state: string]> {
  await cutAt(node, 'keep 0');
  await begin(node, change, true);
  expect(await ended(node)).not.toContain('"fault"');
  return [await pointsSeen(node), await stateOf(node)];
}

const current = (node: Machine): Promise<string> => node.run(['readlink', `${KEPT}/current`]);
const keptFolders = (node: Machine): Promise<string> => node.run(['ls', `${KEPT}/kept`]);
const undoneIn = (warnings: string[]): number =>
  warnings.filter((line) => line.includes('has been undone')).length;

/** Cuts at one point of the keeping, and says which of the two states the node started in. */
async function endOfCut({ node, other }: World, { change, before, after }: Way, point: number) {
  const [last, folders, known] = [
    await current(node),
    await keptFolders(node),
    undoneIn(await attention(node)),
  ];
  await cutAt(node, `keep ${point}`);
  await begin(node, change, true, CUT_AFTERWARDS);
  await cutAndStarted(node);
  await reached(other);
  const warnings = await attention(node);
  const decided = (await current(node)) !== last;
  expect(await expectWhole(node, before, after)).toBe(decided ? after : before);
  expect(undoneIn(warnings)).toBe(decided ? known : known + 1);
  expect(warnings.filter((line) => line.startsWith('bad'))).toEqual([]);
  // What was never kept is not in the history later on either.
  if (!decided) expect(await keptFolders(node)).toBe(folders);
  return decided ? 'new' : 'old';
}

machineTest(
  'power cut at points of the keeping, there or back: after the start it is the old state or the new one, whole, as was decided',
  async (lab) => {
    const world = await managed(lab);
    const { node } = world;
    await readyToCut(node);
    await attention(node);
    const [there, moved] = await made(node, MOVED);
    const [back, unmoved] = await made(node, BACK);
    const to: Way = { change: MOVED, before: unmoved, after: moved };
    const fro: Way = { change: BACK, before: moved, after: unmoved };
    const ways = [
      { way: to, points: there, returning: fro },
      { way: fro, points: back, returning: to },
    ];
    for (const { way, points, returning } of EVERYTHING ? ways : [oneOf(ways)]) {
      expect(points).toBeGreaterThan(20);
      if (way === fro) await made(node, to.change);
      const ends = new Set<string>();
      for (const point of cutsAmong(points)) {
        const end = await endOfCut(world, way, point);
        console.log(`${way.change.kind}, cut at ${point} of ${points}: ${end}`);
        ends.add(end);
        if (end === 'new') await made(node, returning.change);
      }
      expect(ends).toEqual(new Set(['old', 'new']));
    }
    // It has learned nothing wrong: from where it is the way there is the same.
    if ((await stateOf(node)) !== unmoved) await made(node, fro.change);
    expect((await made(node, to.change))[1]).toBe(moved);
    await reached(world.other);
  },
  40,
);
