import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { InputOf } from '../../../api/action.ts';
import { say } from '../../../api/words.ts';
import type { setDhcp } from '../../../node/dhcp/schema.ts';
import { existing } from '../../calls/change.ts';
import { type Doing, newUuid } from '../../calls/doing.ts';
import { numberOf } from '../../define/ipv4.ts';
import { Refusal } from '../../define/refusal.ts';
import type { StoredOf, TablesOf } from '../../define/table.ts';
import type { usedIp } from '../ip-range/resource.ts';
import { takeAddress, type UsedIpRow } from '../ip-range/used.ts';
import { l2Network } from '../l2/resource.ts';
import { mtuOf } from '../l3/mtu.ts';
import { l3Network, type l3NetworkDns } from '../l3/resource.ts';
import { DHCP } from '../network-service/run.ts';
import { servicesOf } from '../network-service-ref/run.ts';
import { giveInherentTag } from '../tag/tags.ts';
import type { vmNic } from '../vm-nic/resource.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof usedIp | typeof vmNic | typeof l3NetworkDns>>();

type NicRow = StoredOf<typeof vmNic>;

/** A NIC as its host is to have it. */
export interface NicPlan {
  readonly mac: string;
  readonly l2: string;
  /** Name of the host's NIC below the bridge. */
  readonly link: string;
  /** Absent: nobody answers its DHCP. */
  readonly dhcp?: InputOf<typeof setDhcp>;
}

/** What a NIC has beside its row. */
export interface NicMore {
  readonly isDefault: boolean;
  readonly hostname?: string | undefined;
}

/** How a VM's NIC is to be on its host; one whose address is gone gets another one. */
export async function nicPlan(on: Doing, nic: NicRow, more: NicMore): Promise<NicPlan> {
  const network = await existing(on, l3Network, nic.l3NetworkUuid);
  const { uuid, physicalInterface } = await existing(on, l2Network, network.l2NetworkUuid);
  const plan = { mac: nic.mac, l2: uuid, link: physicalInterface };
  const address = (await addressOf(on.database, nic.uuid)) ?? (await readdress(on, nic));
  if (!(await servicesOf(on.database, network.uuid)).includes(DHCP)) return plan;
  const server = await dhcpServer(on, network.uuid);
  return {
    ...plan,
    dhcp: {
      ...{
        l3: network.uuid,
        l2: uuid,
        server: server.ip,
        prefix: prefixOf(server.netmask),
        gateway: server.gateway,
      },
      ...{ dns: await dnsOf(on.database, network.uuid), mtu: await mtuOf(on, network.uuid) },
      ...(network.dnsDomain === null ? {} : { domain: network.dnsDomain }),
      lease: {
        ...{ mac: nic.mac, ip: address.ip, isDefault: more.isDefault },
        ...(more.hostname === undefined ? {} : { hostname: more.hostname }),
      },
    },
  };
}

const addressOf = (database: Kysely<object>, vmNicUuid: string): Promise<UsedIpRow | undefined> =>
  tables(database).selectFrom('used_ip').selectAll().where('vmNicUuid', '=', vmNicUuid).executeTakeFirst();

/**
 * Gives a NIC an address in the place of the one that it has, or had: its range may be gone. Throws L3.1000.
 * @param wanted a certain one
 */
export async function readdress(
  on: Doing,
  { uuid, l3NetworkUuid }: NicRow,
  wanted?: string,
): Promise<UsedIpRow> {
  await tables(on.database).deleteFrom('used_ip').where('vmNicUuid', '=', uuid).execute();
  const used = await takeAddress(on.database, { l3NetworkUuid, vmNicUuid: uuid, ip: wanted }, on.now);
  const { ip, netmask, gateway } = used;
  await tables(on.database)
    .updateTable('vm_nic')
    .set({ ip, netmask, gateway, lastOpDate: on.now })
    .where('uuid', '=', uuid)
    .execute();
  return used;
}

/** The address that DHCP servers of a network have, the same on all hosts; taken when the first one needs it. */
async function dhcpServer(on: Doing, l3NetworkUuid: string): Promise<UsedIpRow> {
  const there = await tables(on.database)
    .selectFrom('used_ip')
    .selectAll()
    .where('l3NetworkUuid', '=', l3NetworkUuid)
    .where('usedFor', '=', DHCP)
    .executeTakeFirst();
  if (there !== undefined) return there;
  const server = { uuid: serverUuid(l3NetworkUuid), l3NetworkUuid, usedFor: DHCP };
  const used = await takeAddress(on.database, server, on.now);
  const tag = `flatNetwork::DhcpServer::${used.ip}::ipUuid::${used.uuid}`;
  await giveInherentTag(on, { of: l3Network, uuid: l3NetworkUuid }, tag);
  return used;
}

/** The same for whoever takes the address of a network's server: of those who do at once one does. */
const serverUuid = (l3NetworkUuid: string): string =>
  createHash('sha256').update(`${DHCP} ${l3NetworkUuid}`).digest('hex').slice(0, 32);

const prefixOf = (netmask: string): number => (numberOf(netmask) ?? 0).toString(2).replaceAll('0', '').length;

/** As many as DHCP tells. */
const MOST_DNS = 3;

async function dnsOf(database: Kysely<object>, l3NetworkUuid: string): Promise<string[]> {
  const query = tables(database).selectFrom('l3_network_dns').select('dns').orderBy('createDate');
  const rows = await query.where('l3NetworkUuid', '=', l3NetworkUuid).limit(MOST_DNS).execute();
  return rows.map(({ dns }) => dns);
}

/** Makes a NIC of a VM with an address of its network. Throws L3.1000. */
export async function makeNic(
  on: Doing,
  vmInstanceUuid: string,
  l3NetworkUuid: string,
  deviceId: number,
  ip: string | undefined,
): Promise<void> {
  const network = await existing(on, l3Network, l3NetworkUuid);
  if (network.state !== 'Enabled')
    throw new Refusal(
      'L3.1000',
      'conflict',
      say(`network ${network.name} is disabled`, `网络 ${network.name} 已停用`),
    );
  const uuid = newUuid();
  const row = { uuid, vmInstanceUuid, l3NetworkUuid, mac: newMac(), deviceId, metaData: null };
  const dates = { createDate: on.now, lastOpDate: on.now };
  await tables(on.database)
    .insertInto('vm_nic')
    .values({ ...row, ...dates, ip: null, netmask: null, gateway: null })
    .execute();
  const used = await takeAddress(on.database, { l3NetworkUuid, vmNicUuid: uuid, ip }, on.now);
  await tables(on.database)
    .updateTable('vm_nic')
    .set({ ip: used.ip, netmask: used.netmask, gateway: used.gateway })
    .where('uuid', '=', uuid)
    .execute();
}

/** Of one's own making, so that no card has it; 40 bits by chance: the table has each only once. */
function newMac(): string {
  const digits = newUuid().slice(0, 10);
  return `fa:${digits.match(/../g)?.join(':')}`;
}
