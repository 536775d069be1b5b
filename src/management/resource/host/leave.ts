import type { Kysely } from 'kysely';
import type { Catalogue, Doing } from '../../calls/doing.ts';
import { removeWith } from '../../calls/remove.ts';
import { whole } from '../../jobs/transaction.ts';
import { Rows } from '../../store/load.ts';
import { host } from './resource.ts';

/** Removes a host that leaves by itself, as DeleteHost does. */
export async function removeHost(
  database: Kysely<object>,
  catalogue: Catalogue,
  uuid: string,
): Promise<void> {
  await whole(database, async (transaction) => {
    const on: Doing = {
      ...{ database: transaction, rows: new Rows(transaction), now: Date.now(), catalogue },
      ...{ caller: { address: '', isHere: false }, session: undefined, conditions: [] },
    };
    await removeWith(on, host, uuid);
  });
}
