import { expect, test } from 'vitest';
import type { Scope } from '../../../src/api/action.ts';
import { LANES, Lanes } from '../../../src/controller/lanes.ts';

const who = (line: string, scope: Scope = 'network') => ({
  caller: { line, program: 'console' },
  action: `change.by.${line}`,
  scope,
});

function gate(): { open(): void; wait: Promise<void> } {
  let open = () => {};
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), wait };
}

test('changes are made one at a time, in the order they came', async () => {
  const lanes = new Lanes({ ...LANES, now: () => 0 });
  const order: string[] = [];
  const first = gate();
  const change = (name: string, until?: Promise<void>) =>
    lanes.hold(who(name), async () => {
      expect(lanes.holders).toEqual([who(name)]);
      order.push(`${name} begins`);
      await until;
      order.push(`${name} ends`);
    });
  const all = [change('a', first.wait), change('b'), change('c')];
  first.open();
  await Promise.all(all);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(lanes.holders).toEqual([]);
});

test('who comes when a scope is handed on waits for the one who was there before', async () => {
  const lanes = new Lanes({ ...LANES, now: () => 0 });
  const order: string[] = [];
  const change = (name: string) => lanes.hold(who(name), async () => void order.push(name));
  const first = gate();
  const a = lanes.hold(who('a'), () => first.wait);
  const b = change('b');
  const late = a.then(() => change('late'));
  first.open();
  await Promise.all([a, b, late]);
  expect(order).toEqual(['b', 'late']);
});

test('a change that waits too long is told who is at work', async () => {
  const lanes = new Lanes({ now: () => 0, patience: 20, orders: 20, waiting: 4 });
  const first = gate();
  const running = lanes.hold(who('tty1'), () => first.wait);
  await expect(lanes.hold(who('b'), async () => {})).rejects.toMatchObject({
    kind: 'conflict',
    message: 'tty1 is changing this node: change.by.tty1',
  });
  first.open();
  await running;
  expect(await lanes.hold(who('c'), async () => 'works')).toBe('works');
});

test('an order of the cluster waits for as long as orders may, and is told who is at work after that', async () => {
  const limits = { now: () => 0, patience: 20, waiting: 4 };
  const [lanes, short] = [new Lanes({ ...limits, orders: 60_000 }), new Lanes({ ...limits, orders: 40 })];
  const caller = { line: 'job/5/vm.start/1', program: 'cluster' };
  const order = (among: Lanes, work: string) =>
    among.hold({ caller, action: 'vm.start', scope: 'guests' }, async () => work);
  const first = gate();
  const running = lanes.hold(who('tty1', 'guests'), () => first.wait);
  const waiting = order(lanes, 'started');
  await expect(lanes.hold(who('b', 'guests'), async () => {})).rejects.toMatchObject({ kind: 'conflict' });
  first.open();
  expect(await waiting).toBe('started');
  await running;
  const second = gate();
  const again = short.hold(who('tty1', 'guests'), () => second.wait);
  await expect(order(short, 'never')).rejects.toMatchObject({ kind: 'conflict' });
  second.open();
  await again;
});

test('an order of the cluster is told as the cluster, not by its long name', async () => {
  const lanes = new Lanes({ now: () => 0, patience: 20, orders: 20, waiting: 4 });
  const first = gate();
  const caller = { line: 'e56b6255e1d04f1f9e1c6051481c1465/5/dhcp.set/1', program: 'cluster' };
  const running = lanes.hold({ caller, action: 'dhcp.set', scope: 'guests' }, () => first.wait);
  await expect(lanes.hold(who('b', 'guests'), async () => {})).rejects.toMatchObject({
    words: { en: 'the cluster is changing this node: dhcp.set', zh: '集群 正在更改本节点：dhcp.set' },
  });
  first.open();
  await running;
});

test('only a few may wait', async () => {
  const lanes = new Lanes({ now: () => 0, patience: 5_000, orders: 5_000, waiting: 1 });
  const first = gate();
  const running = lanes.hold(who('a'), () => first.wait);
  const waiting = lanes.hold(who('b'), async () => {});
  await expect(lanes.hold(who('c'), async () => {})).rejects.toMatchObject({ kind: 'conflict' });
  first.open();
  await Promise.all([running, waiting]);
});

test('a change that fails frees its scope', async () => {
  const lanes = new Lanes({ ...LANES, now: () => 0 });
  await expect(lanes.hold(who('a'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await lanes.hold(who('b'), async () => 1)).toBe(1);
});

test('a change without any sign of life for long makes the lanes dead; a sign revives it', async () => {
  let now = 0;
  const lanes = new Lanes({ ...LANES, now: () => now });
  const first = gate();
  let sign = () => {};
  const running = lanes.hold(who('a'), (held) => {
    sign = () => held.sign();
    return first.wait;
  });
  now = 14 * 60_000;
  expect(lanes.alive).toBe(true);
  now = 16 * 60_000;
  expect(lanes.alive).toBe(false);
  sign();
  expect(lanes.alive).toBe(true);
  first.open();
  await running;
  now = 99 * 60_000;
  expect(lanes.alive).toBe(true);
});

test('changes of different scopes are made side by side; one of the whole node waits for all and holds up all', async () => {
  const lanes = new Lanes({ ...LANES, now: () => 0 });
  const order: string[] = [];
  const [restore, network] = [gate(), gate()];
  const change = (name: string, scope: Scope, until?: Promise<void>) =>
    lanes.hold(who(name, scope), async () => {
      order.push(name);
      await until;
    });
  const running = [change('restore', 'services', restore.wait), change('address', 'network', network.wait)];
  const node = change('leave', 'node');
  const after = change('later address', 'network');
  expect(order).toEqual(['restore', 'address']);
  network.open();
  await running[1];
  expect(order).toEqual(['restore', 'address']);
  restore.open();
  await Promise.all([...running, node, after]);
  expect(order).toEqual(['restore', 'address', 'leave', 'later address']);
});

test('a change that takes one more scope is not held up by those who wait for it, nor by itself', async () => {
  const lanes = new Lanes({ ...LANES, now: () => 0, patience: 20 });
  const all: unknown[] = [];
  await lanes.hold(who('a', 'network'), async (held) => {
    all.push(lanes.hold(who('b', 'node'), async () => 'b'));
    expect(await held.also('services', async () => 'both')).toBe('both');
    expect(lanes.holders).toEqual([who('a', 'network')]);
  });
  expect(await Promise.all(all)).toEqual(['b']);
  await lanes.hold(who('c', 'node'), (held) => held.also('services', async () => {}));
});

test('a change that takes one more scope is told who holds that', async () => {
  const lanes = new Lanes({ ...LANES, now: () => 0, patience: 20 });
  const first = gate();
  const restore = lanes.hold(who('tty1', 'services'), () => first.wait);
  const address = lanes.hold(who('b', 'network'), (held) => held.also('services', async () => {}));
  await expect(address).rejects.toMatchObject({ message: 'tty1 is changing this node: change.by.tty1' });
  first.open();
  await restore;
});

test('who gives up waiting lets those behind go on', async () => {
  const lanes = new Lanes({ ...LANES, now: () => 0, patience: 20 });
  const first = gate();
  const restore = lanes.hold(who('a', 'services'), () => first.wait);
  const node = lanes.hold(who('b', 'node'), async () => {});
  const network = lanes.hold(who('c', 'network'), async () => 'made');
  await expect(node).rejects.toMatchObject({ kind: 'conflict' });
  expect(await network).toBe('made');
  first.open();
  await restore;
});

test('changes about different things of one scope are made side by side, those about one thing in turn; one about all of it waits', async () => {
  const lanes = new Lanes({ ...LANES, now: () => 0 });
  const order: string[] = [];
  const [first, second] = [gate(), gate()];
  const change = (name: string, about: string | undefined, until?: Promise<void>) =>
    lanes.hold({ ...who(name, 'guests'), ...(about !== undefined && { about }) }, async () => {
      order.push(name);
      await until;
    });
  const running = [change('start a', 'vm a', first.wait), change('start b', 'vm b', second.wait)];
  const again = change('stop a', 'vm a');
  const all = change('all', undefined);
  expect(order).toEqual(['start a', 'start b']);
  first.open();
  await again;
  expect(order).toEqual(['start a', 'start b', 'stop a']);
  second.open();
  await Promise.all([...running, all]);
  expect(order.at(-1)).toBe('all');
});
