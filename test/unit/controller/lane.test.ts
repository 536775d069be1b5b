import { expect, test } from 'vitest';
import { LANE, Lane } from '../../../src/controller/lane.ts';

const who = (line: string) => ({ caller: { line, program: 'console' }, action: `change.by.${line}` });

function gate(): { open(): void; wait: Promise<void> } {
  let open = () => {};
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), wait };
}

test('changes are made one at a time, in the order they came', async () => {
  const lane = new Lane({ ...LANE, now: () => 0 });
  const order: string[] = [];
  const first = gate();
  const change = (name: string, until?: Promise<void>) =>
    lane.hold(who(name), async () => {
      expect(lane.holder?.action).toBe(`change.by.${name}`);
      order.push(`${name} begins`);
      await until;
      order.push(`${name} ends`);
    });
  const all = [change('a', first.wait), change('b'), change('c')];
  first.open();
  await Promise.all(all);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(lane.holder).toBeUndefined();
});

test('who comes when the lane is handed on waits for the one who was there before', async () => {
  const lane = new Lane({ ...LANE, now: () => 0 });
  const order: string[] = [];
  const change = (name: string) => lane.hold(who(name), async () => void order.push(name));
  const first = gate();
  const a = lane.hold(who('a'), () => first.wait);
  const b = change('b');
  const late = a.then(() => change('late'));
  first.open();
  await Promise.all([a, b, late]);
  expect(order).toEqual(['b', 'late']);
});

test('a change that waits too long is told who is at work', async () => {
  const lane = new Lane({ now: () => 0, patience: 20, waiting: 4 });
  const first = gate();
  const running = lane.hold(who('tty1'), () => first.wait);
  await expect(lane.hold(who('b'), async () => {})).rejects.toMatchObject({
    kind: 'conflict',
    message: 'tty1 is changing this node: change.by.tty1',
  });
  first.open();
  await running;
  expect(await lane.hold(who('c'), async () => 'works')).toBe('works');
});

test('only a few may wait', async () => {
  const lane = new Lane({ now: () => 0, patience: 5_000, waiting: 1 });
  const first = gate();
  const running = lane.hold(who('a'), () => first.wait);
  const waiting = lane.hold(who('b'), async () => {});
  await expect(lane.hold(who('c'), async () => {})).rejects.toMatchObject({ kind: 'conflict' });
  first.open();
  await Promise.all([running, waiting]);
});

test('a change that fails frees the lane', async () => {
  const lane = new Lane({ ...LANE, now: () => 0 });
  await expect(lane.hold(who('a'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await lane.hold(who('b'), async () => 1)).toBe(1);
});

test('a change without any sign of life for long makes the lane dead; a sign revives it', async () => {
  let now = 0;
  const lane = new Lane({ ...LANE, now: () => now });
  const first = gate();
  const running = lane.hold(who('a'), () => first.wait);
  now = 14 * 60_000;
  expect(lane.alive).toBe(true);
  now = 16 * 60_000;
  expect(lane.alive).toBe(false);
  lane.sign();
  expect(lane.alive).toBe(true);
  first.open();
  await running;
  now = 99 * 60_000;
  expect(lane.alive).toBe(true);
});
