import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { type Doing, newUuid, serves } from '../../calls/doing.ts';
import { render } from '../../calls/render.ts';
import { badField, notThere, Refusal } from '../../define/refusal.ts';
import type { Resource } from '../../define/resource.ts';
import type { TablesOf } from '../../define/table.ts';
import {
  accountResourceRef,
  changeResourceOwner,
  revokeResourceSharing,
  type sharedResource,
  shareResource,
} from './resource.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof accountResourceRef | typeof sharedResource>>();

/** What may belong to an account. */
const ownable = ({ catalogue }: Doing): Resource[] =>
  catalogue.resources.filter(
    ({ owner, kindOf }) => owner?.column === 'uuid' && owner.is === 'resource' && !kindOf,
  );

async function typeOf(on: Doing, uuid: string): Promise<string> {
  const rows = on.database.withTables<Record<string, { uuid: string }>>();
  for (const { table, vo } of ownable(on)) {
    const found = await rows.selectFrom(table).select('uuid').where('uuid', '=', uuid).execute();
    if (found.length > 0) return vo;
  }
  throw notThere('resource that an account can own', uuid);
}

const refOf = ({ database }: Doing, uuid: string) =>
  tables(database)
    .selectFrom('account_resource_ref')
    .selectAll()
    .where('resourceUuid', '=', uuid)
    .executeTakeFirst();

/** Who owns it; what was made before accounts owned anything is the caller's, who is admin then. */
async function owned(on: Doing, uuid: string) {
  const found = await refOf(on, uuid);
  if (found !== undefined) return found;
  const resourceType = await typeOf(on, uuid);
  const dates = { createDate: on.now, lastOpDate: on.now };
  const row = { accountUuid: on.session?.accountUuid ?? '', resourceUuid: uuid, resourceType, ...dates };
  await tables(on.database).insertInto('account_resource_ref').values(row).execute();
  return row;
}

/** Whom a resource is to be shared with: uuids of accounts, null for all. */
const receiversOf = (toPublic: boolean | undefined, accounts: readonly string[] | undefined) => [
  ...(toPublic === true ? [null] : []),
  ...new Set(accounts ?? []),
];

const nobody = () => badField('accountUuids', say('or toPublic is needed', '需要 accountUuids 或 toPublic'));

const share = serves(shareResource, async (on, { resourceUuids, accountUuids, toPublic }) => {
  const receivers = receiversOf(toPublic, accountUuids);
  if (receivers.length === 0) throw nobody();
  for (const uuid of resourceUuids) {
    const ref = await owned(on, uuid);
    await unshare(on, uuid, receivers);
    const rows = receivers.map((receiverAccountUuid) => ({
      ...{ uuid: newUuid(), ownerAccountUuid: ref.accountUuid, receiverAccountUuid },
      ...{ toPublic: receiverAccountUuid === null ? 1 : 0, resourceType: ref.resourceType },
      ...{ resourceUuid: ref.resourceUuid, createDate: on.now, lastOpDate: on.now },
    }));
    await tables(on.database).insertInto('shared_resource').values(rows).execute();
  }
  return {};
});

async function unshare(
  { database }: Doing,
  uuid: string,
  receivers: readonly (string | null)[],
): Promise<void> {
  for (const receiver of receivers) {
    const query = tables(database).deleteFrom('shared_resource').where('resourceUuid', '=', uuid);
    const of =
      receiver === null ? query.where('toPublic', '=', 1) : query.where('receiverAccountUuid', '=', receiver);
    await of.execute();
  }
}

/** What is shared with all stays shared with single accounts that it was shared with, and the other way round. */
const revoke = serves(revokeResourceSharing, async (on, { resourceUuids, accountUuids, toPublic, all }) => {
  const receivers = receiversOf(toPublic, accountUuids);
  if (receivers.length === 0 && all !== true) throw nobody();
  for (const uuid of resourceUuids) {
    await mustBeOwn(on, uuid);
    if (all !== true) await unshare(on, uuid, receivers);
    else await tables(on.database).deleteFrom('shared_resource').where('resourceUuid', '=', uuid).execute();
  }
  return {};
});

async function mustBeOwn(on: Doing, uuid: string): Promise<void> {
  if (on.session?.isAdmin) return;
  const ref = await refOf(on, uuid);
  if (ref?.accountUuid === on.session?.accountUuid) return;
  const words = say(
    `field resourceUuids: ${uuid} is of another account`,
    `字段 resourceUuids：${uuid} 属于其他账户`,
  );
  throw new Refusal('ID.1002', 'refused', words, { field: 'resourceUuids' });
}

const changeOwner = serves(changeResourceOwner, async (on, { accountUuid, resourceUuid }) => {
  const ref = await owned(on, resourceUuid);
  const next = { ...ref, accountUuid, lastOpDate: on.now };
  const query = tables(on.database).updateTable('account_resource_ref').set(next);
  await query.where('resourceUuid', '=', ref.resourceUuid).execute();
  const shared = tables(on.database).updateTable('shared_resource').set({ ownerAccountUuid: accountUuid });
  await shared.where('resourceUuid', '=', ref.resourceUuid).execute();
  return { inventory: render(accountResourceRef, next) };
});

/** Throws `conflict` while an account owns anything: nothing is removed on the side. */
export async function mustOwnNothing({ database }: Doing, accountUuid: string): Promise<void> {
  const rows = await tables(database)
    .selectFrom('account_resource_ref')
    .select(({ fn }) => ['resourceType', fn.countAll().as('count')])
    .where('accountUuid', '=', accountUuid)
    .groupBy('resourceType')
    .execute();
  if (rows.length === 0) return;
  const what = rows.map(({ resourceType, count }) => `${count} ${resourceType}`).join(', ');
  throw new Fault('conflict', say(`the account owns ${what}`, `该账户拥有 ${what}`), {
    next: say('delete them, or ChangeResourceOwner', '请先删除，或使用 ChangeResourceOwner'),
  });
}

export async function forgetReceiver({ database }: Doing, accountUuid: string): Promise<void> {
  await tables(database)
    .deleteFrom('shared_resource')
    .where('receiverAccountUuid', '=', accountUuid)
    .execute();
}

export const ownerCalls = [share, revoke, changeOwner];
