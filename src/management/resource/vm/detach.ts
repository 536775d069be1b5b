import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { type Served, serves } from '../../calls/doing.ts';
import { remove } from '../../calls/remove.ts';
import type { TablesOf } from '../../define/table.ts';
import type { HostLinks } from '../host/run.ts';
import { deleteL2Network, detachL2NetworkFromCluster, l2Network } from '../l2/resource.ts';
import { detachL2 } from '../l2/run.ts';
import type { l3Network } from '../l3/resource.ts';
import { detachPrimaryStorage } from '../primary-storage/resource.ts';
import { detachStorage } from '../primary-storage/run.ts';
import type { vmNic } from '../vm-nic/resource.ts';
import type { volume } from '../volume/resource.ts';
import { clearL2, clearL2Everywhere } from './clear-l2.ts';
import type { vmInstance } from './resource.ts';
import { ALIVE } from './states.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof vmInstance | typeof vmNic | typeof volume | typeof l3Network>>();

/** VMs that are on hosts of a cluster now. */
const alive = (database: Kysely<object>, clusterUuid: string) =>
  tables(database)
    .selectFrom('vm_instance as vm')
    .select(['vm.name', 'vm.state'])
    .where('vm.clusterUuid', '=', clusterUuid)
    .where('vm.state', 'in', ALIVE)
    .limit(1);

function refuse(user: { readonly name: string; readonly state: string } | undefined): void {
  if (user === undefined) return;
  throw new Fault(
    'conflict',
    say(`VM ${user.name} is ${user.state}`, `云主机 ${user.name} 处于 ${user.state}`),
    {
      next: say('stop it first', '请先停止'),
    },
  );
}

export const detachCalls = ({ leave }: HostLinks): Served[] => [
  serves(detachL2NetworkFromCluster, async (on, where) => {
    const users = alive(on.database, where.clusterUuid).where('vm.uuid', 'in', (of) =>
      of
        .selectFrom('vm_nic as nic')
        .innerJoin('l3_network as l3', 'l3.uuid', 'nic.l3NetworkUuid')
        .select('nic.vmInstanceUuid')
        .where('l3.l2NetworkUuid', '=', where.l2NetworkUuid),
    );
    refuse(await users.executeTakeFirst());
    const answer = await detachL2(on, where);
    await clearL2(on.database, leave, where);
    return answer;
  }),
  serves(deleteL2Network, async (on, params) => {
    await clearL2Everywhere(on.database, leave, params.uuid);
    return remove(l2Network)(on, params);
  }),
  serves(detachPrimaryStorage, async (on, where) => {
    const users = alive(on.database, where.clusterUuid).where('vm.rootVolumeUuid', 'in', (of) =>
      of
        .selectFrom('volume')
        .select('volume.uuid')
        .where('volume.primaryStorageUuid', '=', where.primaryStorageUuid),
    );
    refuse(await users.executeTakeFirst());
    return detachStorage(on, where);
  }),
];
