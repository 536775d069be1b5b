import { type Doing, serves } from '../../calls/doing.ts';
import type { TablesOf } from '../../define/table.ts';
import { enter } from './enter.ts';
import { recorded } from './recorded.ts';
import type { account } from './resource.ts';
import { logInByAccount, logOut, type session, validateSession } from './session.ts';

const tables = ({ database }: Doing) => database.withTables<TablesOf<typeof account | typeof session>>();

const byAccount = serves(logInByAccount, async (on, { accountName, password }) => {
  const found = await tables(on)
    .selectFrom('account')
    .select(['uuid', 'uuid as accountUuid', 'type as accountType', 'password'])
    .where('name', '=', accountName)
    .executeTakeFirst();
  return enter(on, logInByAccount, accountName, found, password);
});

const leave = serves(logOut, async (on, { sessionUuid }) => {
  const uuid = sessionUuid?.reveal() ?? on.session?.uuid;
  const found = uuid === undefined ? undefined : await ownerOf(on, uuid);
  if (uuid === undefined || found === undefined) return {};
  const { accountUuid, userUuid, name } = found;
  const who = { accountUuid, userUuid: userUuid ?? accountUuid, name };
  return recorded(on, logOut, who, async () => {
    await tables(on).deleteFrom('session').where('uuid', '=', uuid).execute();
    return {};
  });
});

const ownerOf = (on: Doing, session: string) =>
  tables(on)
    .selectFrom('session')
    .innerJoin('account', 'account.uuid', 'session.accountUuid')
    .select(['session.accountUuid', 'session.userUuid', 'account.name'])
    .where('session.uuid', '=', session)
    .executeTakeFirst();

const validate = serves(validateSession, async (on, { sessionUuid }) => {
  const row = await tables(on)
    .selectFrom('session')
    .select('expiredDate')
    .where('uuid', '=', sessionUuid.reveal())
    .executeTakeFirst();
  return { validSession: row !== undefined && row.expiredDate > on.now };
});

export const sessionCalls = [byAccount, leave, validate];
