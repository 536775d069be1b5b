import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { readPlate } from '../../../node/bare-metal/schema.ts';
import { newUuid } from '../../calls/doing.ts';
import type { TablesOf } from '../../define/table.ts';
import type { StepDoing } from '../../jobs/flow.ts';
import { Undecided } from '../../jobs/order.ts';
import { bmcOf } from './login.ts';
import { type baremetalHardwareInfo, PLATE } from './resource.ts';
import type { Reached } from './rows.ts';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof baremetalHardwareInfo>>();

const SECONDS = 60;

/** What its maker wrote into a machine; nothing where its BMC does not tell. */
export async function askPlate(
  { row, host, sealed }: Reached,
  { order, signal }: Pick<StepDoing, 'order' | 'signal'>,
): Promise<Readonly<Record<string, string>>> {
  const input = { name: row.name, bmc: bmcOf(row) };
  const more = { resource: row.uuid, seconds: SECONDS, sealed: { 'bmc.password': sealed } };
  try {
    return await order(host, readPlate, input, more);
  } catch (thrown) {
    signal.throwIfAborted();
    // It is worth no chassis: many BMCs have none of it, and some are slow.
    if (thrown instanceof Undecided || !(thrown instanceof Fault)) throw thrown;
    return {};
  }
}

/** Writes it in the place of what was known before. */
export async function writePlate(
  database: Kysely<object>,
  chassisUuid: string,
  plate: Readonly<Record<string, string>>,
  now: number,
): Promise<void> {
  await tables(database)
    .deleteFrom('baremetal_hardware_info')
    .where('chassisUuid', '=', chassisUuid)
    .execute();
  if (Object.keys(plate).length === 0) return;
  const row = { uuid: newUuid(), chassisUuid, type: PLATE, content: JSON.stringify(plate) };
  await tables(database)
    .insertInto('baremetal_hardware_info')
    .values({ ...row, createDate: now, lastOpDate: now })
    .execute();
}
