import type { Kysely } from 'kysely';
import type { ItemMark, ItemNews, ItemOf } from '../../node/facts/schema/items.ts';
import { serial } from '../../system/serial.ts';
import { date, text, uuid } from '../define/fields.ts';
import { type TablesOf, table } from '../define/table.ts';

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
    const whole = all.flatMap((news) => ('snapshot' in news ? news.snapshot.kinds : []));
    const items = all.flatMap((news) => ('snapshot' in news ? news.snapshot.items : [news.change]));
    const last = all.at(-1);
    if (last === undefined) return;
    const { epoch, seq } = 'snapshot' in last ? last.snapshot : last.change;
    const reported = { host, items, whole: [...new Set(whole)] };
    await this.#parts.database.transaction().execute(async (database) => {
      await writeItems(database, reported);
      const tables = rows(database);
      await tables.deleteFrom('host_mark').where('host', '=', host).execute();
      await tables.insertInto('host_mark').values({ host, epoch, seq }).execute();
      await this.#parts.follow(database, reported);
    });
  }
}

async function writeItems(database: Kysely<object>, { host, items, whole }: Reported): Promise<void> {
  const tables = rows(database);
  if (whole.length > 0)
    await tables.deleteFrom('host_item').where('host', '=', host).where('kind', 'in', whole).execute();
  for (const { kind, uuid: of, item } of items) {
    await tables
      .deleteFrom('host_item')
      .where('host', '=', host)
      .where('kind', '=', kind)
      .where('uuid', '=', of)
      .execute();
    if (item === null) continue;
    await tables
      .insertInto('host_item')
      .values({ host, kind, uuid: of, item: JSON.stringify(item) })
      .execute();
  }
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
