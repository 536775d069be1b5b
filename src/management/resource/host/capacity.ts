import { say } from '../../../api/words.ts';
import { type Served, serves } from '../../calls/doing.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { LEAST_VMS } from '../instance-offering/resource.ts';
import { getCpuMemoryCapacity, getHostAllocatorStrategies, type host } from './resource.ts';

/** Processors by the ratio of the setting, memory in bytes; of hosts in any state, as records have them. */
const capacity = serves(getCpuMemoryCapacity, async ({ database }, params) => {
  const { zoneUuids, clusterUuids, hostUuids, all } = params;
  let query = database
    .withTables<TablesOf<typeof host>>()
    .selectFrom('host')
    .select(({ fn }) => [
      fn.sum<number | null>('totalCpuCapacity').as('totalCpu'),
      fn.sum<number | null>('availableCpuCapacity').as('availableCpu'),
      fn.sum<number | null>('totalMemoryCapacity').as('totalMemory'),
      fn.sum<number | null>('availableMemoryCapacity').as('availableMemory'),
    ]);
  if (all !== true) {
    if (hostUuids?.length) query = query.where('uuid', 'in', hostUuids);
    else if (clusterUuids?.length) query = query.where('clusterUuid', 'in', clusterUuids);
    else if (zoneUuids?.length) query = query.where('zoneUuid', 'in', zoneUuids);
    else throw badField('all', say('is true, or some uuids are given', '为 true，或给出 uuid'));
  }
  const sums = await query.executeTakeFirstOrThrow();
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, Number(sum ?? 0)]));
});

export const hostCapacityCalls: readonly Served[] = [
  capacity,
  serves(getHostAllocatorStrategies, async () => ({ hostAllocatorStrategies: [LEAST_VMS] })),
];
