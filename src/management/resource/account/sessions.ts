import type { Kysely } from 'kysely';
import type { TablesOf } from '../../define/table.ts';
import { session, type wrongLogIns } from './session.ts';
import { LOCKED_MILLISECONDS } from './wrong-log-ins.ts';

type Loads = { byUuid(of: typeof session, uuid: string): Promise<SessionRow | undefined> };
type SessionRow = { uuid: string; accountUuid: string; userUuid: string | null; expiredDate: number };

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof session | typeof wrongLogIns>>();

/** The session of that uuid while it lives. */
export async function findSession(rows: Loads, uuid: string): Promise<SessionRow | undefined> {
  const row = await rows.byUuid(session, uuid);
  return row === undefined || row.expiredDate <= Date.now() ? undefined : row;
}

/** How many sessions of an account live. */
export async function livingSessions(
  database: Kysely<object>,
  accountUuid: string,
  now: number,
): Promise<number> {
  const { living } = await tables(database)
    .selectFrom('session')
    .select((each) => each.fn.countAll().as('living'))
    .where('accountUuid', '=', accountUuid)
    .where('expiredDate', '>', now)
    .executeTakeFirstOrThrow();
  return Number(living);
}

/** Ends an account's sessions, all but the one that is kept. */
export async function endSessions(database: Kysely<object>, accountUuid: string, kept = ''): Promise<void> {
  await tables(database)
    .deleteFrom('session')
    .where('accountUuid', '=', accountUuid)
    .where('uuid', '!=', kept)
    .execute();
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
