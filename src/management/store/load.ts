import DataLoader from 'dataloader';
import type { Kysely } from 'kysely';
import type { RowOf, StoredOf, Table, TablesOf } from '../define/table.ts';
import { rowOf } from '../define/table.ts';

type Identified = Table<string, { uuid: Table['fields'][string] }>;

/** Rows by uuid: what is asked for within one turn is one statement. Nothing is kept, so nothing is ever stale. */
export class Rows {
  readonly #database: Kysely<object>;
  readonly #loaders = new Map<string, DataLoader<string, object | undefined>>();

  constructor(database: Kysely<object>) {
    this.#database = database;
  }

  async byUuid<T extends Table>(of: T, uuid: string): Promise<RowOf<T> | undefined> {
    const row = await this.#loader(of).load(uuid.toLowerCase());
    return row as RowOf<T> | undefined;
  }

  #loader(of: Table): DataLoader<string, object | undefined> {
    const known = this.#loaders.get(of.table);
    if (known !== undefined) return known;
    const loader = new DataLoader((uuids: readonly string[]) => this.#load(of as Identified, uuids), {
      cache: false,
      maxBatchSize: 500,
    });
    this.#loaders.set(of.table, loader);
    return loader;
  }

  async #load(of: Identified, uuids: readonly string[]): Promise<(object | undefined)[]> {
    const rows = await this.#database
      .withTables<TablesOf<Identified>>()
      .selectFrom(of.table)
      .selectAll()
      .where('uuid', 'in', [...new Set(uuids)])
      .execute();
    const byUuid = new Map(rows.map((row) => [String(row.uuid).toLowerCase(), row]));
    return uuids.map((uuid) => {
      const row = byUuid.get(uuid);
      return row === undefined ? undefined : rowOf(of, row as StoredOf<Identified>);
    });
  }
}
