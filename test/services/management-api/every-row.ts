import type { Kysely } from 'kysely';

/** Every row of every table, as text by the table's name. */
export async function everyRow(database: Kysely<object>): Promise<Map<string, string>> {
  const rows = database.withTables<Record<string, object>>();
  const found = new Map<string, string>();
  for (const { name } of await database.introspection.getTables())
    found.set(name, JSON.stringify(await rows.selectFrom(name).selectAll().execute()));
  return found;
}
