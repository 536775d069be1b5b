import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { create, existing } from '../../calls/change.ts';
import { type Doing, newUuid, serves } from '../../calls/doing.ts';
import { inventory } from '../../calls/inventory.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { cluster } from '../cluster/resource.ts';
import { serveL2 } from '../network-service/run.ts';
import {
  attachL2NetworkToCluster,
  createL2NoVlanNetwork,
  createL2VlanNetwork,
  getL2NetworkTypes,
  l2Network,
  type l2NetworkClusterRef,
  NO_VLAN,
  VLAN,
} from './resource.ts';

const tables = ({ database }: Doing) =>
  database.withTables<TablesOf<typeof l2Network | typeof l2NetworkClusterRef>>();

/** As the kernel allows names of links. */
const LINK = /^(?!\.\.?$)[^\s/:]{1,15}$/;

function checkLink(name: string): void {
  if (!LINK.test(name))
    throw badField(
      'physicalInterface',
      say(`${name} is no name of a NIC, such as eth0`, `${name} 不是网卡名（例如 eth0）`),
    );
}

function checkType(given: string | undefined, type: string): void {
  if (given !== undefined && given !== type)
    throw badField('type', say(`${given} is not ${type}`, `${given} 不是 ${type}`));
}

async function make(on: Doing, params: Record<string, unknown>) {
  const uuid = String(params.resourceUuid ?? newUuid());
  const answer = await create(l2Network)(on, { ...params, resourceUuid: uuid });
  await serveL2(on, uuid);
  return answer;
}

const makeNoVlan = serves(createL2NoVlanNetwork, (on, params) => {
  checkLink(params.physicalInterface);
  checkType(params.type, NO_VLAN);
  return make(on, { ...params, type: NO_VLAN });
});

const makeVlan = serves(createL2VlanNetwork, (on, params) => {
  checkLink(params.physicalInterface);
  checkType(params.type, VLAN);
  if (/\.\d+$/.test(params.physicalInterface))
    throw badField(
      'physicalInterface',
      say('is given without the VLAN: eth0, not eth0.10', '不带 VLAN：eth0，而不是 eth0.10'),
    );
  return make(on, { ...params, type: VLAN });
});

interface Attachment {
  readonly l2NetworkUuid: string;
  readonly clusterUuid: string;
}

const attach = serves(attachL2NetworkToCluster, async (on, where) => {
  const row = await existing(on, l2Network, where.l2NetworkUuid);
  await checkZone(on, row.zoneUuid, where.clusterUuid);
  await checkFree(on, where);
  await tables(on)
    .insertInto('l2_network_cluster_ref')
    .values({ ...where, createDate: on.now, lastOpDate: on.now })
    .execute();
  return { inventory: await inventory(on, l2Network, row) };
});

/** Zones share no network. */
async function checkZone(on: Doing, zoneUuid: string, clusterUuid: string): Promise<void> {
  if ((await existing(on, cluster, clusterUuid)).zoneUuid === zoneUuid) return;
  throw badField('clusterUuid', say('is a cluster of another zone', '属于另一个区域'));
}

/** A cluster has a NIC, or a VLAN on it, in one network only. */
async function checkFree(on: Doing, { l2NetworkUuid, clusterUuid }: Attachment): Promise<void> {
  const attached = await tables(on)
    .selectFrom('l2_network_cluster_ref as ref')
    .innerJoin('l2_network as l2', 'l2.uuid', 'ref.l2NetworkUuid')
    .select(['l2.uuid', 'l2.name', 'l2.physicalInterface', 'l2.vlan'])
    .where('ref.clusterUuid', '=', clusterUuid)
    .execute();
  const row = await existing(on, l2Network, l2NetworkUuid);
  const other = attached.find(
    (each) =>
      each.uuid === row.uuid || (each.physicalInterface === row.physicalInterface && each.vlan === row.vlan),
  );
  if (other === undefined) return;
  throw new Fault(
    'conflict',
    other.uuid === row.uuid
      ? say('it is attached to that cluster already', '已经加载到该集群')
      : say(`${other.name} has that NIC in the cluster already`, `集群中该网卡已用于 ${other.name}`),
  );
}

/** Takes a network off a cluster; who calls it has looked whether anybody needs it. */
export async function detachL2(on: Doing, { l2NetworkUuid, clusterUuid }: Attachment) {
  const row = await existing(on, l2Network, l2NetworkUuid);
  const gone = await tables(on)
    .deleteFrom('l2_network_cluster_ref')
    .where('l2NetworkUuid', '=', l2NetworkUuid)
    .where('clusterUuid', '=', clusterUuid)
    .executeTakeFirst();
  if (gone.numDeletedRows === 0n)
    throw new Fault('conflict', say('it is not attached to that cluster', '没有加载到该集群'));
  return { inventory: await inventory(on, l2Network, row) };
}

const types = serves(getL2NetworkTypes, async () => ({ l2NetworkTypes: [NO_VLAN, VLAN] }));

export const l2Calls = [makeNoVlan, makeVlan, attach, types];
