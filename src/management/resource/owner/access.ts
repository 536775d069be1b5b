import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Doing, Reach } from '../../calls/doing.ts';
import type { Resource } from '../../define/resource.ts';
import type { TablesOf } from '../../define/table.ts';
import { textOf } from '../global-config/run.ts';
import type { systemTag, userTag } from '../tag/resource.ts';
import type { accountResourceRef, sharedResource } from './resource.ts';

type Owners = typeof accountResourceRef | typeof sharedResource | typeof systemTag | typeof userTag;

const tables = (database: Kysely<object>) => database.withTables<TablesOf<Owners>>();

/** The account's own, in a statement about the resource of that uuid. */
const isOwn = (account: string, uuid: RawBuilder<unknown>) =>
  sql`exists (select 1 from account_resource_ref as own
    where own.${sql.ref('resourceUuid')} = ${uuid} and own.${sql.ref('accountUuid')} = ${account})`;

const isShared = (account: string, uuid: RawBuilder<unknown>) =>
  sql`exists (select 1 from shared_resource as shared where shared.${sql.ref('resourceUuid')} = ${uuid}
    and (shared.${sql.ref('toPublic')} = 1 or shared.${sql.ref('receiverAccountUuid')} = ${account}))`;

const isSeen = (account: string, uuid: RawBuilder<unknown>) =>
  sql`(${isOwn(account, uuid)} or ${isShared(account, uuid)})`;

/** A tag is whose that is on which it stands. */
async function taggedBy(database: Kysely<object>, uuid: string): Promise<string | undefined> {
  for (const table of ['system_tag', 'user_tag'] as const) {
    const query = tables(database).selectFrom(table).select('resourceUuid').where('uuid', '=', uuid);
    const found = await query.executeTakeFirst();
    if (found !== undefined) return found.resourceUuid;
  }
  return undefined;
}

async function holds(database: Kysely<object>, condition: RawBuilder<unknown>): Promise<boolean> {
  const { rows } = await sql<{ yes: number }>`select ${condition} as yes`.execute(database);
  return Number(rows[0]?.yes) === 1;
}

/** Whose resources are, and what ordinary accounts may. */
export const ACCESS = {
  /** To the account of whoever is logged in. */
  async give({ database, session, now }: Doing, { vo }: Resource, uuid: string): Promise<void> {
    if (session === undefined) return;
    const dates = { createDate: now, lastOpDate: now };
    const row = { accountUuid: session.accountUuid, resourceUuid: uuid, resourceType: vo, ...dates };
    await tables(database).insertInto('account_resource_ref').values(row).execute();
  },

  async removeAll({ database }: Reach, uuid: string): Promise<void> {
    for (const table of ['account_resource_ref', 'shared_resource'] as const)
      await tables(database).deleteFrom(table).where('resourceUuid', '=', uuid).execute();
  },

  async foreign(
    database: Kysely<object>,
    account: string,
    uuids: readonly string[],
    isSharedEnough: boolean,
  ) {
    const condition = isSharedEnough ? isSeen : isOwn;
    for (const uuid of uuids) {
      const of = (await taggedBy(database, uuid)) ?? uuid;
      if (!(await holds(database, condition(account, sql`${of}`)))) return uuid;
    }
    return undefined;
  },

  isSeen,

  async isGranted(database: Kysely<object>, message: string): Promise<boolean> {
    const words = await textOf(database, 'identity', 'account.api.control');
    return words.split(',').some((word) => word.trim() === message);
  },
};
