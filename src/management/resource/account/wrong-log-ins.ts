import type { Kysely } from 'kysely';
import type { TablesOf } from '../../define/table.ts';
import type { wrongLogIns } from './session.ts';

/** Wrong passwords that lock an account's name for one address, and for how long. */
const MOST = 10;
export const LOCKED_MILLISECONDS = 15 * 60_000;

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof wrongLogIns>>();

/** Who tries: an account's name, and the address that it comes from. */
export interface Line {
  readonly name: string;
  readonly address: string;
}

/**
 * Counts a try before it is looked at, so that many at once count as many. Answers the milliseconds until the next one
 * may be made; 0: this one may.
 */
export async function countTry(database: Kysely<object>, line: Line, now: number): Promise<number> {
  const before = await row(database, line);
  const isOld = before === undefined || now - before.last >= LOCKED_MILLISECONDS;
  if (!isOld && before.failures >= MOST) return before.last + LOCKED_MILLISECONDS - now;
  if (before === undefined) await begin(database, line, now);
  else await more(database, line, isOld ? 1 : before.failures + 1, now);
  return 0;
}

const row = (database: Kysely<object>, { name, address }: Line) =>
  tables(database)
    .selectFrom('wrong_log_in')
    .select(['failures', 'last'])
    .where('name', '=', name)
    .where('address', '=', address)
    .executeTakeFirst();

async function begin(database: Kysely<object>, line: Line, now: number): Promise<void> {
  await tables(database)
    .insertInto('wrong_log_in')
    .values({ ...line, failures: 1, last: now })
    .execute();
}

async function more(database: Kysely<object>, line: Line, failures: number, last: number): Promise<void> {
  await tables(database)
    .updateTable('wrong_log_in')
    .set({ failures, last })
    .where('name', '=', line.name)
    .where('address', '=', line.address)
    .execute();
}

/** The password was right. */
export async function forgetTries(database: Kysely<object>, { name, address }: Line): Promise<void> {
  await tables(database)
    .deleteFrom('wrong_log_in')
    .where('name', '=', name)
    .where('address', '=', address)
    .execute();
}
