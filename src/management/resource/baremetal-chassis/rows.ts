import type { Kysely } from 'kysely';
import { say } from '../../../api/words.ts';
import { orderBmc } from '../../../node/bare-metal/schema.ts';
import { inventory } from '../../calls/inventory.ts';
import { Refusal } from '../../define/refusal.ts';
import type { StoredOf, TablesOf } from '../../define/table.ts';
import type { Order } from '../../jobs/order.ts';
import { sealedOf } from '../../secrets/kept.ts';
import { managerOf } from '../host/manager.ts';
import type { HostLinks } from '../host/run.ts';
import { bmcOf, PASSWORD } from './login.ts';
import { baremetalChassis, type CHASSIS_STATUSES } from './resource.ts';

export type ChassisRow = StoredOf<typeof baremetalChassis>;

export const chassisTables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof baremetalChassis>>();

/** Throws BAREMETAL.1010. */
export async function chassisRow(database: Kysely<object>, uuid: string): Promise<ChassisRow> {
  const query = chassisTables(database).selectFrom('baremetal_chassis').selectAll().where('uuid', '=', uuid);
  const row = await query.executeTakeFirst();
  if (row !== undefined) return row;
  throw new Refusal(
    'BAREMETAL.1010',
    'notFound',
    say(`no chassis has the uuid ${uuid}`, `没有 uuid 为 ${uuid} 的机箱`),
  );
}

export type ChassisStatus = (typeof CHASSIS_STATUSES)[number];

/** Writes how far its installation is; with `from` only where it stood so. */
export async function writeChassisStatus(
  database: Kysely<object>,
  uuid: string,
  { from, to }: { readonly from?: ChassisStatus; readonly to: ChassisStatus },
  now: number,
): Promise<void> {
  const query = chassisTables(database)
    .updateTable('baremetal_chassis')
    .set({ status: to, lastOpDate: now })
    .where('uuid', '=', uuid);
  await (from === undefined ? query : query.where('status', '=', from)).execute();
}

export async function toldChassis(database: Kysely<object>, uuid: string) {
  const reads = { database, catalogue: { resources: [] } };
  return { inventory: await inventory(reads, baremetalChassis, await chassisRow(database, uuid)) };
}

/** A chassis as the steps of its jobs carry it along. */
export interface Reached {
  readonly row: ChassisRow;
  /** The node that asks its BMC. */
  readonly host: string;
  /** The password, sealed. */
  readonly sealed: string | undefined;
}

export const reached = (database: Kysely<object>, links: HostLinks, uuid: string): Promise<Reached> =>
  reachedFrom(database, managerOf(links), uuid);

/** @param host the node that asks its BMC */
export const reachedFrom = async (
  database: Kysely<object>,
  host: string,
  uuid: string,
): Promise<Reached> => ({
  row: await chassisRow(database, uuid),
  host,
  sealed: await sealedOf(database, uuid, PASSWORD),
});

/** It may take half a minute to stand as it was told, and its BMC is slow to answer. */
const SECONDS = 180;

/** Has a chassis switched, or asked alone; answers its power. */
export async function askBmc(
  { row, host, sealed }: Reached,
  order: Order,
  what: 'on' | 'off' | 'reset' | 'status',
): Promise<'on' | 'off'> {
  const input = { name: row.name, bmc: bmcOf(row), order: what };
  const more = { resource: row.uuid, seconds: SECONDS, sealed: { 'bmc.password': sealed } };
  return (await order(host, orderBmc, input, more)).power;
}
