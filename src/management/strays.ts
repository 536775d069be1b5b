import type { Kysely } from 'kysely';
import type { StrayVm } from '../node/cluster/schema/members.ts';
import type { Vm } from '../node/facts/schema.ts';
import type { TablesOf } from './define/table.ts';
import type { hostItem } from './link/reports.ts';
import type { vmInstance } from './resource/vm/resource.ts';

/**
 * VMs of a cloud that hosts report and the records do not have, by the host's uuid: an older dump was restored, or the
 * host comes from another cluster. They are told, and left alone.
 */
export async function strays(database: Kysely<object>): Promise<Map<string, StrayVm[]>> {
  const found = await database
    .withTables<TablesOf<typeof hostItem | typeof vmInstance>>()
    .selectFrom('host_item')
    .leftJoin('vm_instance', 'vm_instance.uuid', 'host_item.uuid')
    .select(['host_item.host', 'host_item.uuid', 'host_item.item'])
    .where('host_item.kind', '=', 'vm')
    .where('vm_instance.uuid', 'is', null)
    .execute();
  const ours = found.flatMap(({ host, uuid, item }) => {
    const { ours, name, state } = JSON.parse(item) as Vm;
    return ours === true ? [{ host, vm: { uuid, name, state } }] : [];
  });
  const byHost = Map.groupBy(ours, ({ host }) => host);
  return new Map([...byHost].map(([host, all]) => [host, all.map(({ vm }) => vm)]));
}
