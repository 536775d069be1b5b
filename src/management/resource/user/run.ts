import type { Kysely } from 'kysely';
import { say } from '../../../api/words.ts';
import { type Doing, newUuid, serves } from '../../calls/doing.ts';
import { removeWith } from '../../calls/remove.ts';
import { render } from '../../calls/render.ts';
import { isUser, notAllowed } from '../../calls/rights.ts';
import { badField, notThere } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { hashOf } from '../account/password.ts';
import { alone, changesOf, checkName, checkPassword } from '../account/person.ts';
import { endSessions } from '../account/sessions.ts';
import { userLogIn } from './log-in.ts';
import { createUser, deleteUser, updateUser, user } from './resource.ts';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof user>>();

const create = serves(createUser, async (on, { name, password, description, resourceUuid }) => {
  checkName(name);
  checkPassword(password);
  const row = {
    ...{ uuid: resourceUuid ?? newUuid(), accountUuid: on.session?.accountUuid ?? '', name },
    ...{ description: description ?? null, password: await hashOf(password) },
    ...{ createDate: on.now, lastOpDate: on.now },
  };
  await alone(name, tables(on.database).insertInto('user').values(row).execute());
  return { inventory: render(user, row) };
});

/** Whom a change is about: a user changes nobody but itself. */
function meant({ session }: Doing, uuid: string | undefined): string {
  const own = session !== undefined && isUser(session) ? (session.userUuid ?? undefined) : undefined;
  if (own !== undefined && session?.isAdmin !== true && uuid !== undefined && uuid !== own)
    throw notAllowed(updateUser.name);
  const found = uuid ?? own;
  if (found === undefined) throw badField('uuid', say('is missing', '缺少该字段'));
  return found;
}

async function rowOf(database: Kysely<object>, uuid: string) {
  const query = tables(database).selectFrom('user').selectAll().where('uuid', '=', uuid);
  const row = await query.executeTakeFirst();
  if (row === undefined) throw notThere(user.vo, uuid);
  return row;
}

const update = serves(updateUser, async (on, { uuid, ...given }) => {
  const row = await rowOf(on.database, meant(on, typeof uuid === 'string' ? uuid : undefined));
  const next = await changesOf(given, on.now);
  const query = tables(on.database).updateTable('user').set(next).where('uuid', '=', row.uuid);
  await alone(next.name ?? '', query.execute());
  // Whoever knew the old password is out.
  if (given.password !== undefined) await endSessions(on.database, row.uuid, on.session?.uuid);
  return { inventory: render(user, { ...row, ...next }) };
});

/** What it made is the account's and stays. */
const remove = serves(deleteUser, async (on, { uuid }) => {
  const row = await rowOf(on.database, String(uuid));
  await endSessions(on.database, row.uuid);
  await removeWith(on, user, row.uuid);
  return {};
});

export const userCalls = [userLogIn, create, update, remove];
