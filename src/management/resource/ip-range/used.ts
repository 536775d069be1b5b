import { randomInt } from 'node:crypto';
import type { Kysely } from 'kysely';
import { say } from '../../../api/words.ts';
import { newUuid } from '../../calls/doing.ts';
import { numberOf, textOf } from '../../define/ipv4.ts';
import { Refusal } from '../../define/refusal.ts';
import type { RowOf, TablesOf } from '../../define/table.ts';
import { Outdated } from '../../jobs/transaction.ts';
import { isDuplicate } from '../../store/duplicate.ts';
import { type Span, spanOf } from './addresses.ts';
import type { ipRange, usedIp } from './resource.ts';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof ipRange | typeof usedIp>>();

export type RangeRow = RowOf<typeof ipRange>;
export type UsedIpRow = RowOf<typeof usedIp>;

/** Rows that are read at once while free addresses are looked for. */
const PAGE = 1_000;
/** Free addresses of which one is taken by chance, so that those who take at once seldom meet. */
const CHOICE = 64;
/** Each one that somebody else was quicker to take is known from then on. */
const TRIES = 64;

export const rangesOf = (database: Kysely<object>, l3NetworkUuid: string): Promise<RangeRow[]> =>
  tables(database)
    .selectFrom('ip_range')
    .selectAll()
    .where('l3NetworkUuid', '=', l3NetworkUuid)
    .orderBy('createDate')
    .orderBy('uuid')
    .execute();

/** Free addresses of a range as numbers, from the least on. */
export async function freeOf(
  database: Kysely<object>,
  { uuid }: RangeRow,
  { start, end }: Span,
  most: number,
): Promise<number[]> {
  const free: number[] = [];
  for (let next = start; next <= end && free.length < most; ) {
    const used = await usedFrom(database, uuid, next);
    const until = used.length < PAGE ? end : Math.min(end, used.at(-1) ?? end);
    const taken = new Set(used);
    for (; next <= until && free.length < most; next++) if (!taken.has(next)) free.push(next);
  }
  return free;
}

async function usedFrom(database: Kysely<object>, range: string, first: number): Promise<number[]> {
  const query = tables(database).selectFrom('used_ip').select('ipInLong').where('ipRangeUuid', '=', range);
  const rows = await query.where('ipInLong', '>=', first).orderBy('ipInLong').limit(PAGE).execute();
  return rows.map(({ ipInLong }) => ipInLong);
}

/** Whom an address is for. */
export interface For {
  /** Of the address's row, where there may be but one such. */
  readonly uuid?: string;
  readonly l3NetworkUuid: string;
  /** A certain address. */
  readonly ip?: string | undefined;
  /** Who has it: a NIC, or something else. */
  readonly vmNicUuid?: string;
  readonly usedFor?: string;
}

/**
 * Takes a free address, or the one that is wanted. Two that take at once get two: the table has each only once.
 * Throws L3.1000 where there is none, and `Outdated` where there is a row of that uuid that this transaction does not see.
 */
export async function takeAddress(database: Kysely<object>, wanted: For, now: number): Promise<UsedIpRow> {
  const ranges = await rangesOf(database, wanted.l3NetworkUuid);
  const gone = new Set<number>();
  while (gone.size < TRIES) {
    const found = await candidate(database, ranges, { ip: wanted.ip, gone });
    if (found === undefined) break;
    const row = rowFor(found.range, found.number, wanted, now);
    if (await put(database, row)) return row;
    if (wanted.uuid !== undefined) throw new Outdated();
    // What others have taken since this transaction began is not among what it sees.
    gone.add(found.number);
  }
  throw wanted.ip === undefined ? noneLeft() : notFree(wanted.ip);
}

interface Candidate {
  readonly range: RangeRow;
  readonly number: number;
}

interface Which {
  /** A certain address. */
  readonly ip: string | undefined;
  /** Addresses that others have. */
  readonly gone: ReadonlySet<number>;
}

async function candidate(
  database: Kysely<object>,
  ranges: readonly RangeRow[],
  { ip, gone }: Which,
): Promise<Candidate | undefined> {
  if (ip !== undefined) return certain(ranges, ip, gone);
  for (const range of ranges) {
    const all = await freeOf(database, range, spanOf(range), CHOICE + gone.size);
    const free = all.filter((number) => !gone.has(number));
    const number = free.length === 0 ? undefined : free[randomInt(free.length)];
    if (number !== undefined) return { range, number };
  }
  return undefined;
}

function certain(ranges: readonly RangeRow[], ip: string, gone: ReadonlySet<number>): Candidate | undefined {
  const number = numberOf(ip);
  if (number === undefined || gone.has(number)) return undefined;
  const range = ranges.find((each) => number >= spanOf(each).start && number <= spanOf(each).end);
  return range === undefined ? undefined : { range, number };
}

const rowFor = (range: RangeRow, number: number, wanted: For, now: number): UsedIpRow => ({
  uuid: wanted.uuid ?? newUuid(),
  ipRangeUuid: range.uuid,
  l3NetworkUuid: range.l3NetworkUuid,
  ip: textOf(number),
  netmask: range.netmask,
  gateway: range.gateway,
  usedFor: wanted.usedFor ?? null,
  vmNicUuid: wanted.vmNicUuid ?? null,
  ipInLong: number,
  createDate: now,
  lastOpDate: now,
});

/** Whether nobody was quicker. */
async function put(database: Kysely<object>, row: UsedIpRow): Promise<boolean> {
  try {
    await tables(database).insertInto('used_ip').values(row).execute();
    return true;
  } catch (thrown) {
    if (isDuplicate(thrown)) return false;
    throw thrown;
  }
}

const noneLeft = () =>
  new Refusal('L3.1000', 'conflict', say('the network has no free address left', '该网络没有可用地址'));

const notFree = (ip: string) =>
  new Refusal('L3.1000', 'conflict', say(`the address ${ip} is not available`, `地址 ${ip} 不可用`));
