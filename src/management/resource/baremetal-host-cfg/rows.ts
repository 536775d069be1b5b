import type { Kysely } from 'kysely';
import { say } from '../../../api/words.ts';
import { newUuid } from '../../calls/doing.ts';
import { Refusal } from '../../define/refusal.ts';
import type { StoredOf, TablesOf } from '../../define/table.ts';
import { type CfgItems, cfgItemsIn } from './cfg-items.ts';
import type { baremetalHostBonding, baremetalHostCfg, baremetalHostNicCfg } from './resource.ts';
import { BOND } from './site.ts';

/** The name of the secret that is kept of a chassis: root's password on what is installed there. */
export const ROOT_PASSWORD = 'rootPassword';

export type HostCfgRow = StoredOf<typeof baremetalHostCfg>;
type Defined = typeof baremetalHostCfg | typeof baremetalHostNicCfg | typeof baremetalHostBonding;

export const hostCfgTables = (database: Kysely<object>) => database.withTables<TablesOf<Defined>>();

/** Throws BAREMETAL.1200. */
export async function hostCfgRow(database: Kysely<object>, uuid: string): Promise<HostCfgRow> {
  const query = hostCfgTables(database).selectFrom('baremetal_host_cfg').selectAll();
  const row = await query.where('uuid', '=', uuid).executeTakeFirst();
  if (row !== undefined) return row;
  throw new Refusal(
    'BAREMETAL.1200',
    'notFound',
    say(`no host configuration has the uuid ${uuid}`, `没有 uuid 为 ${uuid} 的主机配置`),
  );
}

/** The one of a chassis. */
export const cfgOfChassis = (database: Kysely<object>, chassis: string): Promise<HostCfgRow | undefined> =>
  hostCfgTables(database)
    .selectFrom('baremetal_host_cfg')
    .selectAll()
    .where('chassisUuid', '=', chassis)
    .executeTakeFirst();

interface Addressed {
  readonly ip?: string | undefined;
  readonly netmask?: string | undefined;
  readonly gateway?: string | undefined;
  readonly dns?: readonly string[] | undefined;
}

const addressing = ({ ip, netmask, gateway, dns }: Addressed) => ({
  ip: ip ?? null,
  netmask: netmask ?? null,
  gateway: gateway ?? null,
  dns: dns?.join(',') ?? null,
});

/** Writes the network of a host configuration. */
export async function writeNetwork(
  database: Kysely<object>,
  hostCfgUuid: string,
  { nicCfgs, bondings }: CfgItems,
  now: number,
): Promise<void> {
  const tables = hostCfgTables(database);
  const row = () => ({ uuid: newUuid(), hostCfgUuid, createDate: now, lastOpDate: now });
  for (const nic of nicCfgs) {
    const values = {
      ...row(),
      mac: nic.mac,
      ...addressing(nic),
      pxe: Number(nic.pxe ?? nicCfgs.length === 1),
    };
    await tables.insertInto('baremetal_host_nic_cfg').values(values).execute();
  }
  for (const { name = BOND, slaves, mode, ...bonding } of bondings) {
    const values = { ...row(), name, slaves: slaves.join(','), mode, ...addressing(bonding) };
    await tables.insertInto('baremetal_host_bonding').values(values).execute();
  }
}

/** The network as it was written. */
export async function readNetwork(database: Kysely<object>, hostCfgUuid: string): Promise<CfgItems> {
  const tables = hostCfgTables(database);
  const [nics, bondings] = await Promise.all([
    tables
      .selectFrom('baremetal_host_nic_cfg')
      .select(['mac', 'ip', 'netmask', 'gateway', 'dns', 'pxe'])
      .where('hostCfgUuid', '=', hostCfgUuid)
      .execute(),
    tables
      .selectFrom('baremetal_host_bonding')
      .select(['name', 'slaves', 'mode', 'ip', 'netmask', 'gateway', 'dns'])
      .where('hostCfgUuid', '=', hostCfgUuid)
      .execute(),
  ]);
  return cfgItemsIn({ nicCfgs: nics.map((nic) => ({ ...nic, pxe: nic.pxe !== 0 })), bondings });
}
