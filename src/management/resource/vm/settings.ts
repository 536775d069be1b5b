import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { issueWords } from '../../../api/issue-words.ts';
import { say } from '../../../api/words.ts';
import { hostname as hostnameSchema } from '../../../node/dhcp/schema.ts';
import { existing } from '../../calls/change.ts';
import { type Doing, type Served, serves } from '../../calls/doing.ts';
import { inventories } from '../../calls/inventory.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { place } from '../../placement/place.ts';
import { cluster } from '../cluster/resource.ts';
import { host } from '../host/resource.ts';
import { instanceOffering } from '../instance-offering/resource.ts';
import type { systemTag } from '../tag/resource.ts';
import { replaceSystemTag, systemTagOf } from '../tag/tags.ts';
import type { vmNic } from '../vm-nic/resource.ts';
import { candidates } from './candidates.ts';
import { readdress } from './networks.ts';
import { HOSTNAME, wantedNow } from './prepare.ts';
import {
  changeInstanceOffering,
  deleteVmHostname,
  deleteVmStaticIp,
  getVmHostname,
  getVmStartingCandidates,
  setVmHostname,
  setVmStaticIp,
  vmInstance,
} from './resource.ts';
import { toldVm, type VmRow, vmRow } from './rows.ts';

type All = typeof vmInstance | typeof vmNic | typeof systemTag | typeof host | typeof cluster;

const tables = (database: Kysely<object>) => database.withTables<TablesOf<All>>();
const tagged = (uuid: string) => ({ of: vmInstance, uuid });

/** A guest that calls itself as another one of its networks does would take its name in their DNS. */
async function mustBeFree({ database }: Doing, uuid: string, tag: string): Promise<void> {
  const other = await tables(database)
    .selectFrom('vm_nic as own')
    .innerJoin('vm_nic as other', 'other.l3NetworkUuid', 'own.l3NetworkUuid')
    .innerJoin('system_tag as tag', 'tag.resourceUuid', 'other.vmInstanceUuid')
    .select('other.vmInstanceUuid')
    .where('own.vmInstanceUuid', '=', uuid)
    .where('other.vmInstanceUuid', '!=', uuid)
    .where('tag.tag', '=', tag)
    .executeTakeFirst();
  if (other !== undefined)
    throw badField(
      'hostname',
      say(
        `VM ${other.vmInstanceUuid} of its network has it`,
        `其网络中的云主机 ${other.vmInstanceUuid} 已使用`,
      ),
    );
}

const setHostname = serves(setVmHostname, async (on, { uuid, hostname }) => {
  const read = hostnameSchema.safeParse(hostname);
  if (!read.success) throw badField('hostname', issueWords(read.error.issues[0]));
  const tag = `${HOSTNAME}${read.data}`;
  await mustBeFree(on, uuid, tag);
  await replaceSystemTag(on, tagged(uuid), HOSTNAME, tag);
  return {};
});

const getHostname = serves(getVmHostname, async ({ database }, { uuid }) => {
  const tag = await systemTagOf(database, uuid, HOSTNAME);
  return tag === undefined ? {} : { hostname: tag.slice(HOSTNAME.length) };
});

const deleteHostname = serves(deleteVmHostname, async (on, { uuid }) => {
  await replaceSystemTag(on, tagged(uuid), HOSTNAME, undefined);
  return {};
});

/** Throws SYS.1006 for a VM that is on. */
function mustBeOff({ state }: VmRow): void {
  if (state !== 'Stopped' && state !== 'Created')
    throw new Fault(
      'conflict',
      say(
        `the VM is ${state}: this is possible in Created, Stopped`,
        `云主机处于 ${state}：只能在 Created、Stopped 时执行`,
      ),
    );
}

async function nicIn({ database }: Doing, uuid: string, l3NetworkUuid: string) {
  const query = tables(database).selectFrom('vm_nic').selectAll().where('vmInstanceUuid', '=', uuid);
  const nic = await query.where('l3NetworkUuid', '=', l3NetworkUuid).executeTakeFirst();
  if (nic !== undefined) return nic;
  throw badField('l3NetworkUuid', say('is none of its networks', '不是它的网络'));
}

const setIp = serves(setVmStaticIp, async (on, { vmInstanceUuid: uuid, l3NetworkUuid, ip }) => {
  mustBeOff(await vmRow(on.database, uuid));
  const nic = await nicIn(on, uuid, l3NetworkUuid);
  if (nic.ip !== ip) await readdress(on, nic, ip);
  const start = `staticIp::${l3NetworkUuid}::`;
  await replaceSystemTag(on, tagged(uuid), start, `${start}${ip}`);
  return {};
});

/** The address stays until its network takes it back; it is only no longer wanted. */
const deleteIp = serves(deleteVmStaticIp, async (on, { vmInstanceUuid: uuid, l3NetworkUuid }) => {
  await replaceSystemTag(on, tagged(uuid), `staticIp::${l3NetworkUuid}::`, undefined);
  return toldVm(on.database, uuid);
});

const changeOffering = serves(
  changeInstanceOffering,
  async (on, { vmInstanceUuid: uuid, instanceOfferingUuid }) => {
    mustBeOff(await vmRow(on.database, uuid));
    const { name, state, cpuNum, memorySize, cpuSpeed, allocatorStrategy } = await existing(
      on,
      instanceOffering,
      instanceOfferingUuid,
    );
    if (state !== 'Enabled')
      throw new Fault(
        'conflict',
        say(`InstanceOffering ${name} is disabled`, `InstanceOffering ${name} 已停用`),
      );
    await tables(on.database)
      .updateTable('vm_instance')
      .set({ instanceOfferingUuid, cpuNum, memorySize, cpuSpeed, allocatorStrategy, lastOpDate: on.now })
      .where('uuid', '=', uuid)
      .execute();
    return toldVm(on.database, uuid);
  },
);

const startingCandidates = serves(getVmStartingCandidates, async (on, { uuid }) => {
  const row = await vmRow(on.database, uuid);
  mustBeOff(row);
  const { hosts } = place(await candidates(on.database), await wantedNow(on.database, row));
  return {
    hostInventories: await told(
      on,
      host,
      hosts.map((each) => each.uuid),
    ),
    clusterInventories: await told(on, cluster, [...new Set(hosts.map((each) => each.clusterUuid))]),
  };
});

async function told(on: Doing, of: typeof host | typeof cluster, uuids: readonly string[]) {
  const rows = await Promise.all(uuids.map((uuid) => on.rows.byUuid(of, uuid)));
  return inventories(on, of, rows.filter((row) => row !== undefined) as Record<string, unknown>[]);
}

export const vmSettingCalls: readonly Served[] = [
  ...[setHostname, getHostname, deleteHostname],
  ...[setIp, deleteIp, changeOffering, startingCandidates],
];
