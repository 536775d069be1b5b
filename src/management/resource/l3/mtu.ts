import type { Kysely } from 'kysely';
import { existing } from '../../calls/change.ts';
import { type Doing, serves } from '../../calls/doing.ts';
import type { TablesOf } from '../../define/table.ts';
import { numberOf } from '../global-config/run.ts';
import { l2Network, NO_VLAN } from '../l2/resource.ts';
import { getL3NetworkMtu, l3Network, setL3NetworkMtu } from './resource.ts';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof l3Network>>();

const set = serves(setL3NetworkMtu, async ({ database, now }, { l3NetworkUuid, mtu }) => {
  const query = tables(database).updateTable('l3_network').set({ mtu, lastOpDate: now });
  await query.where('uuid', '=', l3NetworkUuid).execute();
  return {};
});

/** What DHCP tells guests of a network, in bytes: its own, or the setting of its kind. */
export async function mtuOf(on: Doing, l3NetworkUuid: string): Promise<number> {
  const row = await existing(on, l3Network, l3NetworkUuid);
  if (row.mtu !== null) return row.mtu;
  const l2 = await existing(on, l2Network, row.l2NetworkUuid);
  const kind = l2.type === NO_VLAN ? 'l2NoVlanNetwork' : 'l2VlanNetwork';
  return numberOf(on.database, 'networkService', `defaultDhcpMtu.${kind}`);
}

const get = serves(getL3NetworkMtu, async (on, { l3NetworkUuid }) => ({
  mtu: await mtuOf(on, l3NetworkUuid),
}));

export const mtuCalls = [set, get];
