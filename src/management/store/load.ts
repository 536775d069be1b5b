import DataLoader from 'dataloader';
import { CompiledQuery, type Kysely } from 'kysely';
import { type RowOf, rowOf, type StoredOf, type Table } from '../define/table.ts';

/** Uuids of one statement. */
const MOST = 512;

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
    const loader = new DataLoader((uuids: readonly string[]) => this.#load(of, uuids), {
      cache: false,
      maxBatchSize: MOST,
      // After all connections of this turn were read: by itself it would be after each one of them.
      batchScheduleFn: (load) => void setImmediate(load),
    });
    this.#loaders.set(of.table, loader);
    return loader;
  }

  async #load(of: Table, uuids: readonly string[]): Promise<(object | undefined)[]> {
    const statement = rowsBy(of, [...new Set(uuids)]);
    const { rows } = await this.#database.executeQuery<StoredOf<Table>>(statement);
    const byUuid = new Map(rows.map((row) => [String(row.uuid).toLowerCase(), rowOf(of, row)]));
    return uuids.map((uuid) => byUuid.get(uuid));
  }
}

/**
 * The statement is written here, since it is made for each turn. Its list has one of a few lengths, the last uuid again
 * and again, so that the engine knows it by its text.
 */
function rowsBy({ table }: Table, uuids: readonly string[]): CompiledQuery<StoredOf<Table>> {
  const length = Math.min(MOST, 2 ** Math.ceil(Math.log2(uuids.length)));
  const values = Array.from({ length }, (_, at) => uuids[at] ?? uuids.at(-1));
  const places = '?, '.repeat(length - 1);
  return CompiledQuery.raw(`select * from \`${table}\` where uuid in (${places}?)`, values);
}
