import { expect } from 'vitest';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import {
  answered,
  asked,
  attention,
  begin,
  EVERYTHING,
  ended,
  LIMIT,
  MOVED,
  managed,
  powerCycled,
  reached,
} from './driver/managed.ts';
import { expectWhole, stateOf } from './driver/network-state.ts';

/** The state as it was found before the first change. */
const BACK = { kind: 'restore', id: 1 };

/** Takes all that is free on the disk, also what is kept for root; `left` blocks are given back. */
async function fill(node: Machine, left = 0): Promise<void> {
  await node.shell(
    `mkdir -p /full; cd /full; sync
for number in $(seq ${left}); do head -c 4096 /dev/zero > block$number; done
for size in 1G 128M 16M 2M 256K 32K 4K; do
	number=0
	while fallocate -l $size $size-$number 2>/dev/null; do number=$((number + 1)); done
done
rm -f block*; sync`,
    { limitMs: LIMIT },
  );
}

const empty = (node: Machine): Promise<string> => node.shell('rm -rf /full; sync', { limitMs: LIMIT });

/** The answer's one line to a person; empty when the change was kept. */
function lineOf(answer: string): string {
  const { ok, fault } = JSON.parse(answer) as {
    ok?: { fault?: { words: { en: string } } };
    fault?: { words: { en: string } };
  };
  return (fault ?? ok?.fault)?.words.en ?? '';
}

machineTest(
  'the disk is full when a moved management address is confirmed: it is said, and the node is whole and reachable, after a power cut too',
  async (lab) => {
    const { node, other } = await managed(lab);
    const before = await stateOf(node);
    await begin(node, MOVED, false);
    const text = await answered(node, /"phase":"confirming"/);
    const [, id = ''] = /"id":"(\d+)","title"/.exec(text) ?? [];
    await fill(node);
    await asked(node, 'network.keep', { id });
    const line = lineOf(await ended(node));
    console.log(`kept on a full disk: ${line}`);
    expect(line).toContain('the disk is full');
    await reached(other);
    await expectWhole(node, before);
    await powerCycled({ node, other });
    await expectWhole(node, before);
    await empty(node);
    await attention(node);
    await begin(node, MOVED, true);
    expect(lineOf(await ended(node))).toBe('');
    await reached(other);
  },
  25,
);

machineTest(
  'the disk becomes full at any moment of a change: old or new, whole, and nothing is left to be done',
  async (lab) => {
    const { node, other } = await managed(lab);
    await begin(node, MOVED, true);
    expect(lineOf(await ended(node))).toBe('');
    const moved = await stateOf(node);
    await begin(node, BACK, true);
    expect(lineOf(await ended(node))).toBe('');
    const unmoved = await stateOf(node);
    let before = unmoved;
    const ends = new Set<string>();
    // A change takes about twenty blocks; the more are left, the later in it the disk is full.
    for (let left = 1; left <= 23; left += EVERYTHING ? 1 : 5) {
      const [change, after] = before === unmoved ? [MOVED, moved] : [BACK, unmoved];
      await fill(node, left);
      await begin(node, change, true);
      const line = lineOf(await ended(node));
      const end = await expectWhole(node, before, after);
      await empty(node);
      const name = end === before ? 'old' : 'new';
      ends.add(name);
      console.log(`${left} blocks: ${name}; ${line}`);
      if (end === before) expect(line).toContain('the disk is full');
      else expect(line).toBe('');
      expect((await attention(node)).filter((warning) => warning.includes('neither finished'))).toEqual([]);
      before = end;
    }
    await reached(other);
    expect(ends).toEqual(new Set(['old', 'new']));
  },
  25,
);
