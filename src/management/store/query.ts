import { type Kysely, type RawBuilder, sql } from 'kysely';
import { say } from '../../api/words.ts';
import { badField } from '../define/refusal.ts';
import type { Resource } from '../define/resource.ts';
import type { Condition } from './conditions.ts';
import { treeOf } from './tree.ts';
import { type Scope, wanted } from './where.ts';

/** One question to a resource's table. */
export interface Query {
  readonly limit: number;
  readonly start: number;
  readonly sortBy: string | undefined;
  readonly sortDirection: 'asc' | 'desc';
  readonly groupBy: string | undefined;
  /** Names of the columns that are read. */
  readonly fields: readonly string[];
}

type Find = (name: string) => Resource | undefined;
type Sql = RawBuilder<unknown>;

const ROOT = 't0';

/** Asks one resource's table; `find` answers other resources by their names. */
export class Asked {
  readonly #database: Kysely<object>;
  readonly #of: Resource;
  readonly #where: Sql;

  /** Throws the wire's faults for what the conditions name wrongly. */
  constructor(
    database: Kysely<object>,
    of: Resource,
    conditions: readonly Condition[],
    find: Find,
    scope: Scope,
  ) {
    this.#database = database;
    this.#of = of;
    this.#where = wanted(treeOf(of, conditions, find), ROOT, scope);
  }

  async rows({
    fields,
    sortBy,
    sortDirection,
    groupBy,
    limit,
    start,
  }: Query): Promise<Record<string, unknown>[]> {
    const columns = sql.join(fields.map((name) => sql.ref(`${ROOT}.${name}`)));
    const statement = sql<
      Record<string, unknown>
    >`select ${columns} ${this.#from()} ${this.#oneOfEach(groupBy)}
      order by ${this.#order(sortBy, sortDirection)} limit ${sql.lit(limit)} offset ${sql.lit(start)}`;
    return (await statement.execute(this.#database)).rows;
  }

  async count(): Promise<number> {
    const statement = sql<{ total: number }>`select count(*) as total ${this.#from()}`;
    const [row] = (await statement.execute(this.#database)).rows;
    return Number(row?.total ?? 0);
  }

  #from(): Sql {
    return sql`from ${sql.table(this.#of.table)} as ${sql.ref(ROOT)} where ${this.#where}`;
  }

  #order(sortBy: string | undefined, direction: 'asc' | 'desc'): Sql {
    const way = sql.raw(direction);
    const key = this.#of.key.map((name) => sql`${sql.ref(`${ROOT}.${name}`)} ${way}`);
    return sql.join(sortBy === undefined ? key : [sql`${sql.ref(`${ROOT}.${sortBy}`)} ${way}`, ...key]);
  }

  /** One row of each value: the one with the least key. */
  #oneOfEach(groupBy: string | undefined): Sql {
    if (groupBy === undefined) return sql``;
    const [key = '', ...more] = this.#of.key;
    if (more.length > 0) throw badField('groupBy', say('not for this resource', '该资源不支持 groupBy'));
    return sql`and ${sql.ref(`${ROOT}.${key}`)} in (select min(${sql.ref(`${ROOT}.${key}`)})
      ${this.#from()} group by ${sql.ref(`${ROOT}.${groupBy}`)})`;
  }
}
