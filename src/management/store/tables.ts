import { type ColumnDataType, type CreateTableBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Field } from '../define/fields.ts';
import { fieldsOf, type Table } from '../define/table.ts';
import type { StoreKind } from './store.ts';

/** Longer texts are stored apart from their row. */
const MOST_IN_ROW = 1024;

/** Texts compare without case, and blanks at the end count, on both engines. */
const COLLATION: Record<StoreKind, string> = {
  embedded: 'collate nocase',
  MariaDB: 'character set utf8mb4 collate utf8mb4_general_nopad_ci',
};

function typeOf({ type, uuid, values, maxLength }: Field): ColumnDataType | RawBuilder<unknown> {
  if (type === 'Date' || type === 'Long') return 'bigint';
  if (type === 'Integer') return 'integer';
  if (type === 'Boolean') return sql`tinyint`;
  const most = uuid ? 32 : values === undefined ? maxLength : 64;
  return most === undefined || most > MOST_IN_ROW ? sql`longtext` : `varchar(${most})`;
}

function columnType(field: Field, kind: StoreKind): RawBuilder<unknown> {
  const type = typeOf(field);
  const plain = typeof type === 'string' ? sql.raw(type) : type;
  const isText = field.type === 'String' || field.type === 'List<String>';
  return isText ? sql`${plain} ${sql.raw(COLLATION[kind])}` : plain;
}

/**
 * Makes the tables of the definitions true: what is missing is added, each step by itself and again at the next start
 * when it was cut off. Nothing is ever removed or changed: that is a migration's work.
 */
export async function ensureTables(
  database: Kysely<object>,
  kind: StoreKind,
  tables: readonly Table[],
): Promise<void> {
  const there = new Map(
    (await database.introspection.getTables()).map(({ name, columns }) => [
      name,
      new Set(columns.map((column) => column.name)),
    ]),
  );
  for (const of of tables) {
    const columns = there.get(of.table);
    if (columns === undefined) await create(database, kind, of, tables);
    else await widen(database, kind, of, columns);
    for (const on of of.index ?? []) await addIndex(database, of, on);
  }
}

async function create(
  database: Kysely<object>,
  kind: StoreKind,
  of: Table,
  tables: readonly Table[],
): Promise<void> {
  let building: CreateTableBuilder<string, string> = database.schema.createTable(of.table).ifNotExists();
  for (const [name, field] of fieldsOf(of)) {
    building = building.addColumn(name, columnType(field, kind), (column) =>
      field.optional ? column : column.notNull(),
    );
    const parent = tables.find((other) => 'vo' in other && other.vo === field.resource);
    if (parent !== undefined)
      building = building.addForeignKeyConstraint(`${of.table}_${name}`, [name], parent.table, ['uuid']);
  }
  building = building.addPrimaryKeyConstraint(`${of.table}_key`, [...of.key]);
  for (const columns of of.unique ?? [])
    building = building.addUniqueConstraint(`${of.table}_one_${columns.join('_')}`, [...columns]);
  await building.execute();
}

async function widen(
  database: Kysely<object>,
  kind: StoreKind,
  of: Table,
  there: ReadonlySet<string>,
): Promise<void> {
  for (const [name, field] of fieldsOf(of)) {
    if (there.has(name)) continue;
    await database.schema.alterTable(of.table).addColumn(name, columnType(field, kind)).execute();
  }
}

async function addIndex(database: Kysely<object>, of: Table, columns: readonly string[]): Promise<void> {
  await database.schema
    .createIndex(`${of.table}_by_${columns.join('_')}`)
    .ifNotExists()
    .on(of.table)
    .columns([...columns])
    .execute();
}
