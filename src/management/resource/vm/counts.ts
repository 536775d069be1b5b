import type { Kysely } from 'kysely';
import type { TablesOf } from '../../define/table.ts';
import type { vmInstance } from './resource.ts';

/** How many VMs there are, by what matters to who looks at the cluster. */
export async function vmCounts(database: Kysely<object>) {
  const found = await database
    .withTables<TablesOf<typeof vmInstance>>()
    .selectFrom('vm_instance')
    .select(['state', (eb) => eb.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  const of = (state: string) => Number(found.find((row) => row.state === state)?.count ?? 0);
  const total = found.reduce((all, { count }) => all + Number(count), 0);
  const [running, stopped] = [of('Running'), of('Stopped')];
  return { total, running, stopped, other: total - running - stopped };
}
