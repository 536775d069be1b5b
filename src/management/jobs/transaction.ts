import type { Kysely } from 'kysely';

/** What a server says of the one of two transactions that it ends because they wait for each other. */
const AGAIN = ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD'];
const TRIES = 10;

/** What a transaction sees is not so any more: its work is to be done anew. */
export class Outdated extends Error {}

/** All of it, or nothing. Work that others stood in the way of is done anew, from what is so by then. */
export async function whole<T>(
  database: Kysely<object>,
  work: (transaction: Kysely<object>) => Promise<T>,
): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await database.transaction().execute(work);
    } catch (thrown) {
      if (left <= 1 || !isInTheWay(thrown)) throw thrown;
    }
  }
}

const isInTheWay = (thrown: unknown): boolean =>
  thrown instanceof Outdated || AGAIN.includes(String((thrown as { code?: unknown }).code));
