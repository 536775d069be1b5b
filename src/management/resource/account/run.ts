import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { newUuid, serves } from '../../calls/doing.ts';
import { removeWith } from '../../calls/remove.ts';
import { render } from '../../calls/render.ts';
import { notAllowed } from '../../calls/rights.ts';
import { notThere } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { forgetReceiver, mustOwnNothing } from '../owner/run.ts';
import { hashOf, initialHash } from './password.ts';
import { alone, changesOf, checkName, checkPassword } from './person.ts';
import { account, createAccount, deleteAccount, updateAccount } from './resource.ts';
import { endAllSessions, endSessions } from './sessions.ts';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof account>>();

/** The same on every installation: clients know it. */
const ADMIN = '36c27e8ff05c4780bf6d2fa65700f22e';

/** Makes the admin account where there is none. Its initial password opens the API from the machine itself only. */
export async function ensureAdmin(database: Kysely<object>): Promise<void> {
  const there = await tables(database)
    .selectFrom('account')
    .select('uuid')
    .where('uuid', '=', ADMIN)
    .execute();
  if (there.length > 0) return;
  const now = Date.now();
  const dates = { createDate: now, lastOpDate: now };
  await tables(database)
    .insertInto('account')
    .values({
      ...{ uuid: ADMIN, name: 'admin', description: null, type: 'SystemAdmin', ...dates },
      password: await initialHash(),
    })
    .execute();
}

const create = serves(createAccount, async (on, { name, password, type, description, resourceUuid }) => {
  checkName(name);
  checkPassword(password);
  const row = {
    ...{ uuid: resourceUuid ?? newUuid(), name, type: type ?? ('Normal' as const) },
    ...{ description: description ?? null, password: await hashOf(password) },
    ...{ createDate: on.now, lastOpDate: on.now },
  };
  await alone(name, tables(on.database).insertInto('account').values(row).execute());
  return { inventory: render(account, row) };
});

const update = serves(updateAccount, async ({ database, session, now }, { uuid, ...given }) => {
  const own = uuid ?? session?.accountUuid ?? '';
  const row = await rowOf(database, own);
  const next = await changesOf(given, now);
  await alone(
    next.name ?? '',
    tables(database).updateTable('account').set(next).where('uuid', '=', own).execute(),
  );
  // Whoever knew the old password is out.
  if (given.password !== undefined) await endSessions(database, own, session?.uuid);
  return { inventory: render(account, { ...row, ...next }) };
});

async function rowOf(database: Kysely<object>, uuid: string) {
  const query = tables(database).selectFrom('account').selectAll().where('uuid', '=', uuid);
  const row = await query.executeTakeFirst();
  if (row === undefined) throw notThere(account.vo, uuid);
  return row;
}

/** An account goes with its users and sessions; what it owns is given away or deleted before. */
const remove = serves(deleteAccount, async (on, { uuid }) => {
  const row = await rowOf(on.database, String(uuid));
  if (on.session?.isAdmin !== true) throw notAllowed(deleteAccount.name);
  if (row.uuid === ADMIN) throw admin();
  await mustOwnNothing(on, row.uuid);
  await endAllSessions(on.database, row.uuid);
  await forgetReceiver(on, row.uuid);
  await removeWith(on, account, row.uuid);
  return {};
});

const admin = (): Fault => new Fault('conflict', say('the account admin stays', '不能删除 admin 账户'));

export const accountCalls = [create, update, remove];
