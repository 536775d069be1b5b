import type { Kysely } from 'kysely';
import type { ItemMark, ItemNews, ItemOf } from '../../node/facts/schema/items.ts';
import { serial } from '../../system/serial.ts';
import { date, text, uuid } from '../define/fields.ts';
import { type StoredOf, type TablesOf, table } from '../define/table.ts';
import { whole } from '../jobs/transaction.ts';

/** What a host has, as it reported it last. */
export const hostItem = table(
  'host_item',
  {
    host: uuid(),
    /** vm, link, disk, service. */
    kind: text(16),
    uuid: uuid(),
    /** JSON. */
    item: text(),
  },
  { key: ['host', 'kind', 'uuid'], index: [['kind', 'uuid']] },
);

/** How far a host's reports are stored. */
export const hostMark = table('host_mark', { host: uuid(), epoch: text(32), seq: date() }, { key: ['host'] });

const NO_EPOCH = '';

const rows = (database: Kysely<object>) => database.withTables<TablesOf<typeof hostItem | typeof hostMark>>();

/** What has changed on a host; `item` null: it is gone. All of a kind that is not among them is gone where `whole`. */
export interface Reported {
  readonly host: string;
  readonly items: readonly ItemOf[];
  /** Kinds of which these are all. */
  readonly whole: readonly ItemOf['kind'][];
}

interface Parts {
  readonly database: Kysely<object>;
  /** Writes what follows from a report, in the report's own transaction. */
  follow(database: Kysely<object>, reported: Reported): Promise<unknown>;
  readonly log: (line: string) => void;
}

/** Stores what hosts report: an item and how far the reports were heard stand together, or neither. */
export class Reports {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Undefined: it is to tell all. */
  async mark(host: string): Promise<ItemMark | undefined> {
    const query = rows(this.#parts.database).selectFrom('host_mark').select(['epoch', 'seq']);
    return query.where('host', '=', host).where('epoch', '!=', NO_EPOCH).executeTakeFirst();
  }

  /**
   * Hears the news of one link, in their order; changes that come together are stored together. `failed`: the link has
   * to begin again from what is stored.
   */
  listener(host: string, failed: () => void): (news: ItemNews) => void {
    const inTurn = serial();
    let gathered: ItemNews[] = [];
    const store = async () => {
      const all = gathered;
      gathered = [];
      if (all.length > 0) await this.#store(host, all);
    };
    return (news) => {
      gathered.push(news);
      // The parts of a snapshot are one.
      if ('snapshot' in news && news.snapshot.more) return;
      inTurn(store).catch((thrown) => {
        this.#parts.log(`reports of host ${host}: ${String(thrown)}`);
        failed();
      });
    };
  }

  async #store(host: string, all: readonly ItemNews[]): Promise<void> {
    const kinds = all.flatMap((news) => ('snapshot' in news ? news.snapshot.kinds : []));
    const items = all.flatMap((news) => ('snapshot' in news ? news.snapshot.items : [news.change]));
    const last = all.at(-1);
    if (last === undefined) return;
    const { epoch, seq } = 'snapshot' in last ? last.snapshot : last.change;
    const reported = { host, items, whole: [...new Set(kinds)] };
    await whole(this.#parts.database, async (database) => {
      await writeItems(database, reported);
      await writeMark(database, host, { epoch, seq });
      await this.#parts.follow(database, reported);
    });
  }
}

/** Rows that are not there are neither changed nor deleted: MariaDB would lock the gap that other hosts' rows go into. */
async function writeItems(database: Kysely<object>, reported: Reported): Promise<void> {
  const { host, items, whole: kinds } = reported;
  const before = await storedOf(database, reported);
  // Of what changed twice the last is so.
  const now = new Map(items.map((each) => [keyOf(each), each]));
  for (const [key, { kind, uuid: of, item }] of now) {
    const text = item === null ? undefined : JSON.stringify(item);
    await writeItem(database, { host, kind, uuid: of }, { before: before.get(key)?.item, now: text });
  }
  for (const [key, row] of before)
    if (!now.has(key) && kinds.includes(row.kind as ItemOf['kind']))
      await writeItem(database, row, { before: row.item, now: undefined });
}

type ItemRow = StoredOf<typeof hostItem>;
const keyOf = ({ kind, uuid: of }: Pick<ItemRow, 'kind' | 'uuid'>): string => `${kind} ${of}`;

/** What is stored of that already. */
async function storedOf(
  database: Kysely<object>,
  { host, items, whole: kinds }: Reported,
): Promise<Map<string, ItemRow>> {
  if (kinds.length === 0 && items.length === 0) return new Map();
  const all = rows(database).selectFrom('host_item').selectAll().where('host', '=', host);
  const uuids = items.map(({ uuid: of }) => of);
  const found = await (kinds.length > 0 ? all : all.where('uuid', 'in', uuids)).execute();
  return new Map(found.map((row) => [keyOf(row), row]));
}

async function writeItem(
  database: Kysely<object>,
  { host, kind, uuid: of }: Omit<ItemRow, 'item'>,
  { before, now }: { before: string | undefined; now: string | undefined },
): Promise<void> {
  const tables = rows(database);
  if (before === now) return;
  if (before === undefined)
    await tables
      .insertInto('host_item')
      .values({ host, kind, uuid: of, item: now ?? '' })
      .execute();
  else if (now === undefined)
    await tables
      .deleteFrom('host_item')
      .where('host', '=', host)
      .where('kind', '=', kind)
      .where('uuid', '=', of)
      .execute();
  else
    await tables
      .updateTable('host_item')
      .set({ item: now })
      .where('host', '=', host)
      .where('kind', '=', kind)
      .where('uuid', '=', of)
      .execute();
}

async function writeMark(database: Kysely<object>, host: string, mark: ItemMark): Promise<void> {
  const marks = rows(database);
  const there = await marks
    .selectFrom('host_mark')
    .select('host')
    .where('host', '=', host)
    .executeTakeFirst();
  if (there === undefined)
    await marks
      .insertInto('host_mark')
      .values({ host, ...mark })
      .execute();
  else await marks.updateTable('host_mark').set(mark).where('host', '=', host).execute();
}

export async function hostsWithReports(database: Kysely<object>): Promise<string[]> {
  return (await rows(database).selectFrom('host_mark').select('host').execute()).map(({ host }) => host);
}

/** The next link of a host begins with all that it has. */
export async function forgetMark(database: Kysely<object>, host: string): Promise<void> {
  await rows(database).updateTable('host_mark').set({ epoch: NO_EPOCH }).where('host', '=', host).execute();
}

/** Forgets all of a host. */
export async function forgetReports(database: Kysely<object>, host: string): Promise<void> {
  for (const name of ['host_item', 'host_mark'] as const)
    await rows(database).deleteFrom(name).where('host', '=', host).execute();
}

/** What a host reported last of one kind, each by its uuid. */
export async function itemsOf(
  database: Kysely<object>,
  host: string,
  kind: string,
): Promise<Map<string, unknown>> {
  const query = rows(database).selectFrom('host_item').select(['uuid', 'item']).where('host', '=', host);
  const found = await query.where('kind', '=', kind).execute();
  return new Map(found.map(({ uuid: of, item }) => [of, JSON.parse(item)]));
}
