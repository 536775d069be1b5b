import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ItemChange,
  type ItemMark,
  type ItemNews,
  type ItemOf,
  watchItems,
} from '../../../src/node/facts/schema/items.ts';
import { eventually, NetworkWorld } from '../network-world.ts';

let world: NetworkWorld;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 1 });
  await world.startController();
});
afterAll(() => world?.end());

/** Watches until `leave`; what it has heard so far. */
async function watcher(last?: ItemMark): Promise<{ heard: ItemNews[]; leave(): Promise<void> }> {
  const connection = await world.connect();
  const heard: ItemNews[] = [];
  const abort = new AbortController();
  const onItem = (news: ItemNews) => heard.push(news);
  const watching = connection.call(watchItems, last === undefined ? {} : { last }, {
    signal: abort.signal,
    onItem,
  });
  return {
    heard,
    leave: async () => {
      abort.abort();
      await watching;
      connection.close();
    },
  };
}

const changesOf = (heard: ItemNews[]): ItemChange[] =>
  heard.flatMap((news) => ('change' in news ? [news.change] : []));
const snapshotOf = ([first]: ItemNews[]) => (first && 'snapshot' in first ? first.snapshot : undefined);

/** The link as it was last told of. */
const linkNamed = (heard: ItemNews[], name: string): (ItemOf & { kind: 'link' }) | undefined =>
  heard
    .flatMap((news): ItemOf[] => ('change' in news ? [news.change] : news.snapshot.items))
    .filter((told) => told.kind === 'link')
    .findLast(({ item }) => item?.name === name);

test('a link that comes, changes and goes is told by the kernel’s own events; who comes back hears what he missed', async () => {
  const first = await watcher();
  await eventually('em01', () => linkNamed(first.heard, 'em01'));
  await world.inside('ip', 'link', 'add', 'veth9', 'type', 'veth', 'peer', 'name', 'peer9');
  const added = await eventually('veth9', () => linkNamed(first.heard, 'veth9'));
  expect(added.uuid).toMatch(/^[0-9a-f]{32}$/);
  await first.leave();
  // Nobody watches meanwhile.
  await world.inside('ip', 'link', 'set', 'veth9', 'mtu', '1400');
  await world.inside('ip', 'link', 'del', 'veth9');
  const { epoch, seq } = changesOf(first.heard).at(-1) as ItemMark;
  const second = await watcher({ epoch, seq });
  const isGone = ({ uuid, item }: ItemOf) => uuid === added.uuid && item === null;
  await eventually('gone', () => changesOf(second.heard).find(isGone));
  expect(snapshotOf(second.heard)).toBeUndefined();
  const marks = changesOf(second.heard).map((change) => [change.epoch, change.seq]);
  expect(marks).toEqual(marks.map((_, index) => [epoch, seq + 1 + index]));
  await second.leave();
});

test('after a restart of the controller the epoch is another one, and a snapshot comes with the same uuids', async () => {
  const before = await watcher();
  const was = await eventually('snapshot', () => snapshotOf(before.heard));
  const { uuid } = await eventually('em01', () => linkNamed(before.heard, 'em01'));
  await before.leave();
  await world.killController();
  await world.startController();
  const after = await watcher({ epoch: was.epoch, seq: was.seq });
  const is = await eventually('snapshot', () => snapshotOf(after.heard));
  expect(is.epoch).not.toBe(was.epoch);
  expect((await eventually('em01', () => linkNamed(after.heard, 'em01'))).uuid).toBe(uuid);
  await after.leave();
});

test('a mark that makes no sense is refused by its name', async () => {
  const connection = await world.connect();
  const wrong = connection.call(watchItems, { last: { epoch: 'x', seq: 0 } });
  await expect(wrong).rejects.toMatchObject({ kind: 'usage', field: 'last.epoch' });
  connection.close();
});
