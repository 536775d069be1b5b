import type { Kysely } from 'kysely';
import { say } from '../../../api/words.ts';
import { inventory } from '../../calls/inventory.ts';
import { Refusal } from '../../define/refusal.ts';
import type { StoredOf, TablesOf } from '../../define/table.ts';
import { baremetalPxeServer, type PxeStatus } from './resource.ts';

export type PxeRow = StoredOf<typeof baremetalPxeServer>;

export const pxeTables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof baremetalPxeServer>>();

/** Throws BAREMETAL.1400. */
export async function pxeRow(database: Kysely<object>, uuid: string): Promise<PxeRow> {
  const query = pxeTables(database).selectFrom('baremetal_pxe_server').selectAll().where('uuid', '=', uuid);
  const row = await query.executeTakeFirst();
  if (row !== undefined) return row;
  throw new Refusal(
    'BAREMETAL.1400',
    'notFound',
    say(`no PXE server has the uuid ${uuid}`, `没有 uuid 为 ${uuid} 的 PXE 服务器`),
  );
}

/** The one that there is. Throws BAREMETAL.1400. */
export async function onlyPxe(database: Kysely<object>): Promise<PxeRow> {
  const row = await pxeTables(database).selectFrom('baremetal_pxe_server').selectAll().executeTakeFirst();
  if (row !== undefined) return row;
  throw new Refusal('BAREMETAL.1400', 'notFound', say('there is none yet', '还没有 PXE 服务器'), {
    next: say('CreateBaremetalPxeServer first', '请先执行 CreateBaremetalPxeServer'),
  });
}

export async function toldPxe(database: Kysely<object>, uuid: string) {
  const reads = { database, catalogue: { resources: [] } };
  return { inventory: await inventory(reads, baremetalPxeServer, await pxeRow(database, uuid)) };
}

type More = Partial<Omit<PxeRow, 'uuid' | 'status'>>;

/** Writes how it stands, and what else is known by then. */
export async function writeStatus(
  database: Kysely<object>,
  uuid: string,
  status: PxeStatus,
  now: number,
  more: More = {},
): Promise<void> {
  await pxeTables(database)
    .updateTable('baremetal_pxe_server')
    .set({ ...more, status, lastOpDate: now })
    .where('uuid', '=', uuid)
    .execute();
}
