import type { Kysely } from 'kysely';
import type { Session } from '../../calls/doing.ts';
import type { RowOf, TablesOf } from '../../define/table.ts';
import { session, type wrongLogIns } from './session.ts';
import { LOCKED_MILLISECONDS } from './wrong-log-ins.ts';

type Loads = { byUuid(of: typeof session, uuid: string): Promise<SessionRow | undefined> };
type SessionRow = RowOf<typeof session>;

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof session | typeof wrongLogIns>>();

/** The session of that uuid while it lives; one that an older version opened does not tell what it may. */
export async function findSession(rows: Loads, uuid: string): Promise<Session | undefined> {
  const row = await rows.byUuid(session, uuid);
  if (row === undefined || row.accountType === null || row.expiredDate <= Date.now()) return undefined;
  return { ...row, isAdmin: row.accountType === 'SystemAdmin' };
}

/** How many sessions of an account, or of a user, live. */
export async function livingSessions(
  database: Kysely<object>,
  userUuid: string,
  now: number,
): Promise<number> {
  const { living } = await tables(database)
    .selectFrom('session')
    .select((each) => each.fn.countAll().as('living'))
    .where('userUuid', '=', userUuid)
    .where('expiredDate', '>', now)
    .executeTakeFirstOrThrow();
  return Number(living);
}

/** Ends the sessions of an account, or of a user, all but the one that is kept. */
export async function endSessions(database: Kysely<object>, userUuid: string, kept = ''): Promise<void> {
  await tables(database)
    .deleteFrom('session')
    .where('userUuid', '=', userUuid)
    .where('uuid', '!=', kept)
    .execute();
}

/** Ends the sessions of an account and of all its users. */
export async function endAllSessions(database: Kysely<object>, accountUuid: string): Promise<void> {
  await tables(database).deleteFrom('session').where('accountUuid', '=', accountUuid).execute();
}

/** Removes what has run out. */
export async function clearSessions(database: Kysely<object>): Promise<void> {
  const now = Date.now();
  await tables(database).deleteFrom('session').where('expiredDate', '<=', now).execute();
  await tables(database)
    .deleteFrom('wrong_log_in')
    .where('last', '<', now - LOCKED_MILLISECONDS)
    .execute();
}
