import { type Doing, serves } from '../../calls/doing.ts';
import type { TablesOf } from '../../define/table.ts';
import { enter, type Person } from '../account/enter.ts';
import type { account } from '../account/resource.ts';
import { logInByUser } from '../account/session.ts';
import type { user } from './resource.ts';

const tables = ({ database }: Doing) => database.withTables<TablesOf<typeof account | typeof user>>();

export const userLogIn = serves(logInByUser, async (on, { accountUuid, accountName, userName, password }) => {
  const name = `${accountName ?? accountUuid ?? ''}/${userName}`;
  return enter(on, logInByUser, name, await userOf(on, accountUuid, accountName, userName), password);
});

function userOf(
  on: Doing,
  accountUuid: string | undefined,
  accountName: string | undefined,
  userName: string,
): Promise<Person | undefined> {
  const query = tables(on)
    .selectFrom('user')
    .innerJoin('account', 'account.uuid', 'user.accountUuid')
    .select(['user.uuid', 'user.accountUuid', 'account.type as accountType', 'user.password'])
    .where('user.name', '=', userName);
  const of =
    accountUuid === undefined
      ? query.where('account.name', '=', accountName ?? '')
      : query.where('account.uuid', '=', accountUuid);
  return of.executeTakeFirst();
}
