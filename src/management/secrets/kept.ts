import type { Kysely } from 'kysely';
import { text, uuid } from '../define/fields.ts';
import { type TablesOf, table } from '../define/table.ts';

/** Secrets of resources, sealed: no API shows the table. */
export const sealedSecret = table(
  'sealed_secret',
  {
    /** Of what it is. */
    uuid: uuid(),
    name: text(64),
    sealed: text(),
  },
  { key: ['uuid', 'name'] },
);

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof sealedSecret>>();

/** The sealed secret of that name; undefined where there is none. */
export async function sealedOf(
  database: Kysely<object>,
  uuid: string,
  name: string,
): Promise<string | undefined> {
  const query = tables(database).selectFrom('sealed_secret').select('sealed').where('uuid', '=', uuid);
  return (await query.where('name', '=', name).executeTakeFirst())?.sealed;
}

/** Keeps a sealed secret in the place of the one of before. @param sealed undefined: there is none any more */
export async function keepSealed(
  database: Kysely<object>,
  uuid: string,
  name: string,
  sealed: string | undefined,
): Promise<void> {
  await tables(database)
    .deleteFrom('sealed_secret')
    .where('uuid', '=', uuid)
    .where('name', '=', name)
    .execute();
  if (sealed !== undefined)
    await tables(database).insertInto('sealed_secret').values({ uuid, name, sealed }).execute();
}

/** Forgets all of a resource that goes. */
export async function forgetSealed(database: Kysely<object>, uuid: string): Promise<void> {
  await tables(database).deleteFrom('sealed_secret').where('uuid', '=', uuid).execute();
}
