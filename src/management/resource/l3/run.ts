import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { create, existing } from '../../calls/change.ts';
import { type Doing, serves } from '../../calls/doing.ts';
import { inventory } from '../../calls/inventory.ts';
import { numberOf } from '../../define/ipv4.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { l2Network } from '../l2/resource.ts';
import {
  addDns,
  BASIC,
  createL3Network,
  getL3NetworkTypes,
  l3Network,
  type l3NetworkDns,
  removeDns,
} from './resource.ts';

const tables = ({ database }: Doing) => database.withTables<TablesOf<typeof l3NetworkDns>>();

const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

const make = serves(createL3Network, async (on, params) => {
  const { type = BASIC, dnsDomain, system = false } = params;
  if (type !== BASIC) throw badField('type', say(`${type} is not ${BASIC}`, `${type} 不是 ${BASIC}`));
  if (dnsDomain !== undefined && !DOMAIN.test(dnsDomain))
    throw badField('dnsDomain', say(`${dnsDomain} is no domain`, `${dnsDomain} 不是域名`));
  const { zoneUuid } = await existing(on, l2Network, params.l2NetworkUuid);
  const category = params.category ?? (system ? 'System' : 'Private');
  return create(l3Network)(on, { ...params, zoneUuid, system, category });
});

const add = serves(addDns, async (on, { l3NetworkUuid, dns }) => {
  if (numberOf(dns) === undefined)
    throw badField('dns', say(`${dns} is no IPv4 address`, `${dns} 不是 IPv4 地址`));
  const there = await tables(on)
    .selectFrom('l3_network_dns')
    .select('dns')
    .where('l3NetworkUuid', '=', l3NetworkUuid)
    .where('dns', '=', dns)
    .execute();
  if (there.length > 0) throw new Fault('conflict', say(`it has ${dns} already`, `已有 ${dns}`));
  const row = { l3NetworkUuid, dns, createDate: on.now, lastOpDate: on.now };
  await tables(on).insertInto('l3_network_dns').values(row).execute();
  return { inventory: await inventory(on, l3Network, await existing(on, l3Network, l3NetworkUuid)) };
});

const remove = serves(removeDns, async (on, { l3NetworkUuid, dns }) => {
  await tables(on)
    .deleteFrom('l3_network_dns')
    .where('l3NetworkUuid', '=', l3NetworkUuid)
    .where('dns', '=', dns)
    .execute();
  return { inventory: await inventory(on, l3Network, await existing(on, l3Network, l3NetworkUuid)) };
});

const types = serves(getL3NetworkTypes, async () => ({ l3NetworkTypes: [BASIC] }));

export const l3Calls = [make, add, remove, types];
