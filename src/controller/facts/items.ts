import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  ItemChange,
  ItemKind,
  ItemMark,
  ItemNews,
  ItemOf,
  Items,
} from '../../node/facts/schema/items.ts';

/** Changes that are kept for those who come back. */
const KEPT = 1_000;
/** Items in one part of a snapshot: far less than what one line may hold. */
const PART = 500;

type Listener = (change: ItemChange) => void;

/** What the node has, item by item, with the changes of late. */
export class ItemBoard {
  readonly epoch = randomBytes(16).toString('hex');
  readonly #items = new Map<ItemKind, ReadonlyMap<string, Items[ItemKind]>>();
  readonly #listeners = new Set<Listener>();
  /** The newest, the oldest of them first. */
  #changes: ItemChange[] = [];
  #seq = 0;

  /** All items of a kind as they are now, by uuid. Before its first time nobody is told that there are none. */
  set<K extends ItemKind>(kind: K, items: ReadonlyMap<string, Items[K]>): void {
    const before = this.#items.get(kind) ?? new Map<string, Items[ItemKind]>();
    this.#items.set(kind, items);
    for (const uuid of before.keys()) if (!items.has(uuid)) this.#note(kind, uuid, null);
    for (const [uuid, item] of items)
      if (!isDeepStrictEqual(before.get(uuid), item)) this.#note(kind, uuid, item);
  }

  /** What somebody has to hear who knows the items up to the mark; all of them where the changes do not reach back so far. */
  since(last: ItemMark | undefined): ItemNews[] {
    const missed = last?.epoch === this.epoch ? this.#seq - last.seq : -1;
    if (missed < 0 || missed > this.#changes.length) return this.#snapshot();
    return this.#changes.slice(this.#changes.length - missed).map((change) => ({ change }));
  }

  /** Answers how to stop. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #note<K extends ItemKind>(kind: K, uuid: string, item: Items[K] | null): void {
    this.#seq += 1;
    const change = { epoch: this.epoch, seq: this.#seq, kind, uuid, item } as ItemChange;
    this.#changes = [...this.#changes.slice(1 - KEPT), change];
    for (const listener of this.#listeners) listener(change);
  }

  #snapshot(): ItemNews[] {
    const kinds = [...this.#items.keys()];
    const all = [...this.#items].flatMap(([kind, items]) =>
      [...items].map(([uuid, item]) => ({ kind, uuid, item }) as ItemOf),
    );
    const parts = Math.max(1, Math.ceil(all.length / PART));
    return Array.from({ length: parts }, (_, part) => {
      const items = all.slice(part * PART, (part + 1) * PART);
      return { snapshot: { epoch: this.epoch, seq: this.#seq, kinds, items, more: part + 1 < parts } };
    });
  }
}
