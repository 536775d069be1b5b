import type { Kysely } from 'kysely';
import { type Doing, type Served, serves } from '../../calls/doing.ts';
import { render } from '../../calls/render.ts';
import type { Resource } from '../../define/resource.ts';
import { rowOf, type StoredOf, type TablesOf } from '../../define/table.ts';
import { type accountResourceRef, getResourceAccount, getResourceNames } from '../owner/resource.ts';
import { account } from './resource.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof account | typeof accountResourceRef>>();

/** Engines limit the values of a statement. */
const AT_ONCE = 500;

/** Resources that have a name; kinds stand in the table of what they are kinds of. */
const named = ({ catalogue }: Doing): Resource[] =>
  catalogue.resources.filter(
    ({ fields, kindOf }) => 'uuid' in fields && 'name' in fields && kindOf === undefined,
  );

/** Of these uuids the ones that the session may know. */
async function seen({ database, catalogue, session }: Doing, uuids: readonly string[]): Promise<string[]> {
  const all = [...new Set(uuids)];
  if (session === undefined || session.isAdmin) return all;
  const { accountUuid } = session;
  const foreign = all.map((uuid) => catalogue.access.foreign(database, accountUuid, [uuid], true));
  const found = await Promise.all(foreign);
  return all.filter((_, at) => found[at] === undefined);
}

const names = serves(getResourceNames, async (on, { uuids }) => {
  const wanted = await seen(on, uuids);
  const rows = on.database.withTables<Record<string, { uuid: string; name: string }>>();
  const inventories = [];
  for (const { table, vo } of named(on))
    for (let at = 0; at < wanted.length; at += AT_ONCE) {
      const query = rows.selectFrom(table).select(['uuid', 'name']);
      const found = await query.where('uuid', 'in', wanted.slice(at, at + AT_ONCE)).execute();
      for (const { uuid, name } of found) inventories.push({ uuid, resourceName: name, resourceType: vo });
    }
  return { inventories };
});

/** Whose each is; of what is nobody's, or not to be known, there is nothing. */
const accounts = serves(getResourceAccount, async (on, { resourceUuids }) => {
  const wanted = await seen(on, resourceUuids);
  const inventories: Record<string, unknown> = {};
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const rows = await tables(on.database)
      .selectFrom('account_resource_ref as ref')
      .innerJoin('account', 'account.uuid', 'ref.accountUuid')
      .selectAll('account')
      .select('ref.resourceUuid')
      .where('ref.resourceUuid', 'in', wanted.slice(at, at + AT_ONCE))
      .execute();
    for (const { resourceUuid, ...row } of rows)
      inventories[resourceUuid] = render(account, rowOf(account, row as StoredOf<typeof account>));
  }
  return { inventories };
});

export const whoseCalls: readonly Served[] = [names, accounts];
