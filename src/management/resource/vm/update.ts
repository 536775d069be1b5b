import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { update } from '../../calls/change.ts';
import { type Served, serves } from '../../calls/doing.ts';
import { badField, notYet } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import type { vmNic } from '../vm-nic/resource.ts';
import { updateVmInstance, vmInstance } from './resource.ts';
import { vmRow } from './rows.ts';

const LEAST_MEMORY = 16 * 2 ** 20;

/** Processors and memory are what a host keeps for it: they change while it is off. */
export const updateVmCall: Served = serves(updateVmInstance, async (on, params) => {
  const { uuid, state, cpuNum, memorySize, defaultL3NetworkUuid } = params;
  // A VM of a lost host may still run there: nothing here can prove that it does not.
  if (state !== undefined) throw notYet('UpdateVmInstance state');
  const row = await vmRow(on.database, uuid);
  const isOff = row.state === 'Stopped' || row.state === 'Created';
  if ((cpuNum !== undefined || memorySize !== undefined) && !isOff)
    throw new Fault(
      'conflict',
      say(
        `the VM is ${row.state}: CPU and memory change in Stopped, Created`,
        `云主机处于 ${row.state}：只能在 Stopped、Created 时更改 CPU 和内存`,
      ),
    );
  if (memorySize !== undefined && memorySize < LEAST_MEMORY)
    throw badField('memorySize', say('is below 16 MB, in bytes', '小于 16 MB（以字节为单位）'));
  if (defaultL3NetworkUuid !== undefined) {
    const nics = on.database.withTables<TablesOf<typeof vmNic>>().selectFrom('vm_nic').select('uuid');
    const own = nics.where('vmInstanceUuid', '=', uuid).where('l3NetworkUuid', '=', defaultL3NetworkUuid);
    if ((await own.execute()).length === 0)
      throw badField('defaultL3NetworkUuid', say('is none of its networks', '不是它的网络'));
  }
  return update(vmInstance)(on, params);
});
