import { expect, test } from 'vitest';
import { known, unknown } from '../../../src/api/reading.ts';
import { same } from '../../../src/api/words.ts';
import { feedItems } from '../../../src/controller/facts/item-feed.ts';
import { ItemBoard } from '../../../src/controller/facts/items.ts';
import type { ItemMark, ItemNews } from '../../../src/node/facts/schema/items.ts';
import type { Vm } from '../../../src/node/facts/schema.ts';
import { randomOf, seed, tellSeed } from '../../fakes/random.ts';

const uuidOf = (number: number) => String(number).padStart(32, '0');
const vm = (number: number, state: Vm['state'] = 'running'): Vm => ({
  uuid: uuidOf(number),
  name: `vm-${number}`,
  state,
});
const vms = (...items: Vm[]) => new Map(items.map((item) => [item.uuid, item]));

/** One who stores what he hears, as a management service does. */
class Store {
  mark: ItemMark | undefined;
  items = new Map<string, unknown>();
  snapshots = 0;
  #parts = new Map<string, unknown>();

  hear(news: ItemNews): void {
    if ('snapshot' in news) {
      const { kinds, items, more, ...mark } = news.snapshot;
      if (!more) expect(kinds).toEqual(['vm']);
      for (const { kind, uuid, item } of items) this.#parts.set(`${kind} ${uuid}`, item);
      if (more) return;
      [this.items, this.#parts, this.mark] = [this.#parts, new Map(), mark];
      this.snapshots += 1;
      return;
    }
    const { kind, uuid, item, epoch, seq } = news.change;
    expect([epoch, seq]).toEqual([this.mark?.epoch, (this.mark?.seq ?? 0) + 1]);
    if (item === null) this.items.delete(`${kind} ${uuid}`);
    else this.items.set(`${kind} ${uuid}`, item);
    this.mark = { epoch, seq };
  }
}

const catchUp = (store: Store, board: ItemBoard) => {
  for (const news of board.since(store.mark)) store.hear(news);
};

test('a change is told once, with its number; what is the same again is none', () => {
  const board = new ItemBoard();
  const heard: unknown[] = [];
  const leave = board.listen(({ seq, uuid, item }) => heard.push([seq, Number(uuid), item && 'there']));
  board.set('vm', vms(vm(1), vm(2)));
  board.set('vm', vms(vm(1), vm(2)));
  board.set('vm', vms(vm(2, 'paused')));
  leave();
  board.set('vm', vms());
  expect(heard).toEqual([
    [1, 1, 'there'],
    [2, 2, 'there'],
    [3, 1, null],
    [4, 2, 'there'],
  ]);
});

test('who comes back hears what he missed, as long as it is kept; a snapshot otherwise', () => {
  const board = new ItemBoard();
  const { epoch } = board;
  board.set('vm', vms(vm(1)));
  const seqs = (mark: ItemMark) =>
    board.since(mark).map((news) => ('change' in news ? news.change.seq : 'all'));
  expect(seqs({ epoch, seq: 1 })).toEqual([]);
  expect(seqs({ epoch, seq: 0 })).toEqual([1]);
  expect(seqs({ epoch, seq: 2 })).toEqual(['all']);
  expect(seqs({ epoch: new ItemBoard().epoch, seq: 1 })).toEqual(['all']);
  for (let round = 0; round < 1_000; round += 1)
    board.set('vm', vms(vm(1, round % 2 ? 'running' : 'paused')));
  expect(seqs({ epoch, seq: 1 })).toHaveLength(1_000);
  expect(seqs({ epoch, seq: 0 })).toEqual(['all']);
});

test('a snapshot of many comes in parts that a line can hold', () => {
  const board = new ItemBoard();
  expect(board.since(undefined)).toEqual([
    { snapshot: { epoch: board.epoch, seq: 0, kinds: [], items: [], more: false } },
  ]);
  board.set('vm', vms(...Array.from({ length: 1_001 }, (_, number) => vm(number))));
  const parts = board.since(undefined).flatMap((news) => ('snapshot' in news ? [news.snapshot] : []));
  expect(parts.map(({ items, more, seq }) => [items.length, more, seq])).toEqual([
    [500, true, 1_001],
    [500, true, 1_001],
    [1, false, 1_001],
  ]);
});

test('whenever one comes back, in the end he knows what there is', () => {
  tellSeed();
  const random = randomOf(seed);
  let board = new ItemBoard();
  const store = new Store();
  for (let round = 0; round < 2_000; round += 1) {
    if (random() < 0.005) board = new ItemBoard();
    const there = Array.from({ length: 5 }, (_, number) => number).filter(() => random() < 0.6);
    board.set('vm', vms(...there.map((number) => vm(number, random() < 0.5 ? 'running' : 'paused'))));
    if (random() > 0.01) continue;
    catchUp(store, board);
    const fresh = new Store();
    catchUp(fresh, board);
    expect([store.items, store.mark]).toEqual([fresh.items, fresh.mark]);
  }
  expect(store.snapshots).toBeGreaterThan(1);
});

test('what cannot be read stays as it was; a name has one uuid on a machine and another one elsewhere', () => {
  const board = new ItemBoard();
  const one = {
    key: 'network',
    label: same('network'),
    unit: 'a.service',
    state: unknown(same('no bus')),
  } as const;
  feedItems(board, 'machine', { vms: known([{ ...vm(1), uuid: '00000000-0000-0000-0000-000000000001' }]) });
  feedItems(board, 'machine', { vms: unknown(same('libvirt is away')), services: [one] });
  expect(board.since(undefined)).toMatchObject([{ snapshot: { kinds: ['vm', 'service'] } }]);
  const items = () =>
    board.since(undefined).flatMap((news) => ('snapshot' in news ? news.snapshot.items : []));
  expect(items().map(({ kind, uuid }) => [kind, uuid.length, Number(uuid) === 1])).toEqual([
    ['vm', 32, true],
    ['service', 32, false],
  ]);
  const elsewhere = new ItemBoard();
  feedItems(elsewhere, 'another', { services: [one] });
  const [other] = elsewhere.since(undefined);
  expect('snapshot' in (other ?? {}) && JSON.stringify(other)).not.toContain(items()[1]?.uuid);
});
