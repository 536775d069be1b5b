import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { inventory } from '../../calls/inventory.ts';
import { notThere } from '../../define/refusal.ts';
import type { StoredOf, TablesOf } from '../../define/table.ts';
import { vmNic } from '../vm-nic/resource.ts';
import { volume } from '../volume/resource.ts';
import { vmInstance } from './resource.ts';
import { VM_STATES, type VmEvent, type VmState } from './states.ts';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof vmInstance>>();

export type VmRow = StoredOf<typeof vmInstance>;

/** A VM's row. Throws SYS.1003. */
export async function vmRow(database: Kysely<object>, uuid: string): Promise<VmRow> {
  const query = tables(database).selectFrom('vm_instance').selectAll().where('uuid', '=', uuid);
  const row = await query.executeTakeFirst();
  if (row === undefined) throw notThere(vmInstance.vo, uuid);
  return row;
}

/** VMs that were destroyed before that moment and not recovered. */
export async function destroyedBefore(database: Kysely<object>, moment: number): Promise<string[]> {
  const query = tables(database).selectFrom('vm_instance').select('uuid').where('state', '=', 'Destroyed');
  return (await query.where('lastOpDate', '<=', moment).execute()).map(({ uuid }) => uuid);
}

/** A VM's inventory as it is now. Throws SYS.1003. */
export async function toldVm(database: Kysely<object>, uuid: string) {
  const reads = { database, catalogue: { resources: [vmNic, volume] } };
  return { inventory: await inventory(reads, vmInstance, await vmRow(database, uuid)) };
}

type More = Partial<Omit<VmRow, 'uuid' | 'state'>>;

/** Whether an event changed the state: one statement, so that of two at once only one does. */
export async function moved(
  database: Kysely<object>,
  uuid: string,
  event: VmEvent,
  now: number,
  more: More = {},
): Promise<boolean> {
  const [from, to] = VM_STATES.events[event];
  const changed = await tables(database)
    .updateTable('vm_instance')
    .set({ ...more, state: to as VmState, lastOpDate: now })
    .where('uuid', '=', uuid)
    .where('state', 'in', from as VmState[])
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

/** As `moved`; throws SYS.1006 that names the states in which it is possible. */
export async function move(
  database: Kysely<object>,
  uuid: string,
  event: VmEvent,
  now: number,
  more: More = {},
): Promise<void> {
  if (await moved(database, uuid, event, now, more)) return;
  const { state } = await vmRow(database, uuid);
  const [from] = VM_STATES.events[event];
  throw new Fault(
    'conflict',
    say(
      `the VM is ${state}: ${event} is possible in ${from.join(', ')}`,
      `云主机处于 ${state}：${event} 只能在 ${from.join('、')} 时执行`,
    ),
  );
}

/** Puts a state back that a job has left, as long as nothing else has changed it. */
export async function putBack(
  database: Kysely<object>,
  uuid: string,
  from: VmState,
  to: VmState,
  now: number,
): Promise<void> {
  await tables(database)
    .updateTable('vm_instance')
    .set({ state: to, lastOpDate: now })
    .where('uuid', '=', uuid)
    .where('state', '=', from)
    .execute();
}
