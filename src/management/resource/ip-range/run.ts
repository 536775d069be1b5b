import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { create, update } from '../../calls/change.ts';
import { type Doing, serves } from '../../calls/doing.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import type { l3Network } from '../l3/resource.ts';
import { overlap, type Problem, type Range, rangeOf, rangeOfCidr, spanOf } from './addresses.ts';
import { addIpRange, addIpRangeByNetworkCidr, ipRange, updateIpRange } from './resource.ts';
import { rangesOf } from './used.ts';

const tables = ({ database }: Doing) => database.withTables<TablesOf<typeof ipRange | typeof l3Network>>();

interface Params {
  readonly l3NetworkUuid: string;
}

async function add(on: Doing, params: Params, range: Range | Problem) {
  if ('field' in range) throw badField(range.field, range.words);
  await checkAlike(on, params.l3NetworkUuid, range);
  await checkApart(on, params.l3NetworkUuid, range);
  return create(ipRange)(on, { ...params, ...range });
}

/** All ranges of a network have one netmask and one gateway. */
async function checkAlike({ database }: Doing, l3NetworkUuid: string, range: Range): Promise<void> {
  const [other] = await rangesOf(database, l3NetworkUuid);
  if (other === undefined) return;
  for (const field of ['netmask', 'gateway'] as const)
    if (other[field] !== range[field])
      throw badField(
        field,
        say(`is ${other[field]} in range ${other.name}`, `地址段 ${other.name} 中为 ${other[field]}`),
      );
}

/** Addresses that can reach each other are there once: in all networks of one broadcast domain. */
async function checkApart(on: Doing, l3NetworkUuid: string, range: Range): Promise<void> {
  const others = await tables(on)
    .selectFrom('ip_range as range')
    .innerJoin('l3_network as l3', 'l3.uuid', 'range.l3NetworkUuid')
    .select(['range.name', 'range.startIp', 'range.endIp'])
    .where('l3.l2NetworkUuid', '=', (same) =>
      same.selectFrom('l3_network as own').select('own.l2NetworkUuid').where('own.uuid', '=', l3NetworkUuid),
    )
    .execute();
  const other = others.find((each) => overlap(spanOf(each), spanOf(range)));
  if (other === undefined) return;
  const { name, startIp, endIp } = other;
  throw new Fault(
    'conflict',
    say(
      `it overlaps with range ${name}, ${startIp} to ${endIp}`,
      `与地址段 ${name}（${startIp} 至 ${endIp}）重叠`,
    ),
  );
}

const addOne = serves(addIpRange, (on, params) => add(on, params, rangeOf(params)));

const addNetwork = serves(addIpRangeByNetworkCidr, (on, params) =>
  add(on, params, rangeOfCidr(params.networkCidr)),
);

const change = serves(updateIpRange, (on, { l3NetworkUuid: _, ...params }) => update(ipRange)(on, params));

export const ipRangeCalls = [addOne, addNetwork, change];
