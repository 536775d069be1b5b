import { type Kysely, sql } from 'kysely';
import type { TablesOf } from '../../define/table.ts';
import type { host } from '../host/resource.ts';
import type { vmInstance } from './resource.ts';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof host | typeof vmInstance>>();

/** What a VM takes of its host; memory in bytes. */
export interface Load {
  readonly cpuNum: number;
  readonly memorySize: number;
}

/** Keeps processors and memory of a host for a VM; false where they are not left. @param spare bytes for the host itself */
export async function reserve(
  database: Kysely<object>,
  hostUuid: string,
  vmUuid: string,
  { cpuNum, memorySize }: Load,
  spare: number,
): Promise<boolean> {
  const taken = await tables(database)
    .updateTable('host')
    .set({
      availableCpuCapacity: sql<number>`availableCpuCapacity - ${cpuNum}`,
      availableMemoryCapacity: sql<number>`availableMemoryCapacity - ${memorySize}`,
    })
    .where('uuid', '=', hostUuid)
    .where('availableCpuCapacity', '>=', cpuNum)
    .where('availableMemoryCapacity', '>=', memorySize + spare)
    .executeTakeFirst();
  if (taken.numUpdatedRows === 0n) return false;
  const query = tables(database).updateTable('vm_instance').set({ reservedHostUuid: hostUuid });
  await query.where('uuid', '=', vmUuid).execute();
  return true;
}

/** Gives back what is kept for a VM; once, however often it is asked for. */
export async function release(database: Kysely<object>, vmUuid: string): Promise<void> {
  const vms = tables(database).selectFrom('vm_instance').select(['reservedHostUuid', 'cpuNum', 'memorySize']);
  const row = await vms.where('uuid', '=', vmUuid).executeTakeFirst();
  const hostUuid = row?.reservedHostUuid ?? undefined;
  if (row === undefined || hostUuid === undefined) return;
  const freed = await tables(database)
    .updateTable('vm_instance')
    .set({ reservedHostUuid: null })
    .where('uuid', '=', vmUuid)
    .where('reservedHostUuid', '=', hostUuid)
    .executeTakeFirst();
  if (freed.numUpdatedRows === 0n) return;
  await tables(database)
    .updateTable('host')
    .set({
      availableCpuCapacity: sql<number>`availableCpuCapacity + ${row.cpuNum}`,
      availableMemoryCapacity: sql<number>`availableMemoryCapacity + ${row.memorySize}`,
    })
    .where('uuid', '=', hostUuid)
    .execute();
}
