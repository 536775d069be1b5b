import type { Kysely } from 'kysely';
import type { TablesOf } from '../../define/table.ts';
import { isDuplicate } from '../../store/duplicate.ts';
import type { wrongLogIns } from './session.ts';

/** Wrong passwords that lock an account's name for one address, and for how long. */
const MOST = 10;
export const LOCKED_MILLISECONDS = 15 * 60_000;
/** The wrong password from which on the next try must wait. */
const SLOW_FROM = 3;
const LONGEST_SECONDS = 30;

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof wrongLogIns>>();

/** Who tries: an account's name, and the address that it comes from. */
export interface Line {
  readonly name: string;
  readonly address: string;
}

interface Tries {
  readonly failures: number;
  readonly last: number;
}

/** How long nobody may try again after so many wrong passwords: 2, 4, 8, 16, 30 seconds, then a quarter of an hour. */
function pauseAfter(failures: number): number {
  if (failures >= MOST) return LOCKED_MILLISECONDS;
  if (failures < SLOW_FROM) return 0;
  return Math.min(2 ** (failures - SLOW_FROM + 1), LONGEST_SECONDS) * 1000;
}

/**
 * Counts a try before it is looked at, so that many at once count as many. Answers the milliseconds until the next one
 * may be made; 0: this one may.
 */
export async function countTry(database: Kysely<object>, line: Line, now: number): Promise<number> {
  for (;;) {
    const before = await row(database, line);
    // A clock that was set back does not lock for longer.
    const passed = Math.max(0, now - (before?.last ?? 0));
    const failures = passed >= LOCKED_MILLISECONDS ? 0 : (before?.failures ?? 0);
    const wait = pauseAfter(failures) - passed;
    if (wait > 0) return wait;
    const after = { failures: failures + 1, last: now };
    const isCounted =
      before === undefined ? await begin(database, line, after) : await more(database, line, before, after);
    // Another one was quicker: this one comes behind it.
    if (isCounted) return 0;
  }
}

const row = (database: Kysely<object>, { name, address }: Line): Promise<Tries | undefined> =>
  tables(database)
    .selectFrom('wrong_log_in')
    .select(['failures', 'last'])
    .where('name', '=', name)
    .where('address', '=', address)
    .executeTakeFirst();

async function begin(database: Kysely<object>, line: Line, after: Tries): Promise<boolean> {
  try {
    await tables(database)
      .insertInto('wrong_log_in')
      .values({ ...line, ...after })
      .execute();
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

async function more(database: Kysely<object>, line: Line, before: Tries, after: Tries): Promise<boolean> {
  const { numUpdatedRows } = await tables(database)
    .updateTable('wrong_log_in')
    .set(after)
    .where('name', '=', line.name)
    .where('address', '=', line.address)
    .where('failures', '=', before.failures)
    .where('last', '=', before.last)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The password was right. */
export async function forgetTries(database: Kysely<object>, { name, address }: Line): Promise<void> {
  await tables(database)
    .deleteFrom('wrong_log_in')
    .where('name', '=', name)
    .where('address', '=', address)
    .execute();
}
