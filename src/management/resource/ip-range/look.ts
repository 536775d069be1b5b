import type { Kysely } from 'kysely';
import { say } from '../../../api/words.ts';
import { existing } from '../../calls/change.ts';
import { type Doing, serves } from '../../calls/doing.ts';
import { numberOf, textOf } from '../../define/ipv4.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import type { l3Network } from '../l3/resource.ts';
import { size, spanOf } from './addresses.ts';
import { checkIpAvailability, getFreeIp, getIpAddressCapacity, ipRange, type usedIp } from './resource.ts';
import { freeOf, type RangeRow, rangesOf } from './used.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof ipRange | typeof usedIp | typeof l3Network>>();

const MOST_FREE = 10_000;

const free = serves(getFreeIp, async (on, { l3NetworkUuid, ipRangeUuid, start = '0.0.0.0', limit = 100 }) => {
  const from = numberOf(start);
  if (from === undefined)
    throw badField('start', say(`${start} is no IPv4 address`, `${start} 不是 IPv4 地址`));
  const ranges = await asked(on, l3NetworkUuid, ipRangeUuid);
  const found = [];
  for (const range of ranges) {
    const span = spanOf(range);
    const most = Math.min(Math.max(limit, 0), MOST_FREE) - found.length;
    const numbers = await freeOf(on.database, range, { ...span, start: Math.max(span.start, from) }, most);
    const { uuid, netmask, gateway } = range;
    found.push(...numbers.map((number) => ({ ipRangeUuid: uuid, ip: textOf(number), netmask, gateway })));
  }
  return { inventories: found };
});

async function asked(on: Doing, l3: string | undefined, range: string | undefined): Promise<RangeRow[]> {
  if (range !== undefined) return [await existing(on, ipRange, range)];
  if (l3 !== undefined) return rangesOf(on.database, l3);
  throw badField('l3NetworkUuid', say('this, or ipRangeUuid, is wanted', '需要它或 ipRangeUuid'));
}

const isAvailable = serves(checkIpAvailability, async ({ database }, { l3NetworkUuid, ip }) => {
  const number = numberOf(ip);
  if (number === undefined) throw badField('ip', say(`${ip} is no IPv4 address`, `${ip} 不是 IPv4 地址`));
  for (const range of await rangesOf(database, l3NetworkUuid)) {
    const { start, end } = spanOf(range);
    if (number < start || number > end) continue;
    const [first] = await freeOf(database, range, { start: number, end: number }, 1);
    return { available: first !== undefined };
  }
  return { available: false };
});

const capacity = serves(getIpAddressCapacity, async ({ database }, params) => {
  const { zoneUuids, l3NetworkUuids, ipRangeUuids, all } = params;
  let query = tables(database)
    .selectFrom('ip_range as range')
    .innerJoin('l3_network as l3', 'l3.uuid', 'range.l3NetworkUuid')
    .select(['range.uuid', 'range.startIp', 'range.endIp']);
  if (!all) {
    if (ipRangeUuids?.length) query = query.where('range.uuid', 'in', ipRangeUuids);
    else if (l3NetworkUuids?.length) query = query.where('l3.uuid', 'in', l3NetworkUuids);
    else if (zoneUuids?.length) query = query.where('l3.zoneUuid', 'in', zoneUuids);
    else throw badField('all', say('is true, or some uuids are given', '为 true，或给出 uuid'));
  }
  const ranges = await query.execute();
  const total = ranges.reduce((sum, range) => sum + size(spanOf(range)), 0);
  const used = await usedOf(
    database,
    ranges.map(({ uuid }) => uuid),
  );
  return { totalCapacity: total, availableCapacity: total - used };
});

async function usedOf(database: Kysely<object>, ranges: readonly string[]): Promise<number> {
  if (ranges.length === 0) return 0;
  const { used } = await tables(database)
    .selectFrom('used_ip')
    .select((each) => each.fn.countAll().as('used'))
    .where('ipRangeUuid', 'in', ranges)
    .executeTakeFirstOrThrow();
  return Number(used);
}

export const ipRangeLooks = [free, isAvailable, capacity];
