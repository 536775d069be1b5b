import { Address4 } from 'ip-address';

/** Machines that install themselves at once are fewer. */
const MOST = 254n;

export interface Range {
  first: string;
  last: string;
}

const text = (value: bigint): string => Address4.fromBigInt(value).correctForm();
const numberOf = (address: string): bigint => new Address4(address).bigInt();

/** `255.255.255.0` of 24. */
export const netmaskOf = (prefix: number): string =>
  new Address4(`0.0.0.0/${prefix}`).subnetMaskAddress().correctForm();

/**
 * The longest run of addresses in a network that nobody is known to have, at most 254 of them; undefined when there is none.
 * @param taken those that are known to be in use, of other networks too
 */
export function freeRange(address: string, prefix: number, taken: readonly string[]): Range | undefined {
  const network = new Address4(`${address}/${prefix}`);
  const [start, end] = [network.startAddress().bigInt(), network.endAddress().bigInt()];
  const used = [...new Set([address, ...taken])]
    .map(numberOf)
    .filter((value) => value > start && value < end)
    .sort((one, other) => Number(one - other));
  const edges = [start, ...used, end];
  let best = { from: 0n, count: 0n };
  for (const [at, edge] of edges.slice(1).entries()) {
    const before = edges[at] ?? start;
    const count = edge - before - 1n;
    if (count > best.count) best = { from: before + 1n, count };
  }
  if (best.count < 1n) return undefined;
  const count = best.count < MOST ? best.count : MOST;
  return { first: text(best.from), last: text(best.from + count - 1n) };
}

/** Which end of a range is wrong on that NIC: outside its network, behind the other one, or around its own address. */
export function rangeProblem(
  address: string,
  prefix: number,
  { first, last }: Range,
): { field: 'first' | 'last'; problem: 'outside' | 'behind' | 'own' } | undefined {
  const network = new Address4(`${address}/${prefix}`);
  const [start, end] = [network.startAddress().bigInt(), network.endAddress().bigInt()];
  const [from, to, own] = [first, last, address].map(numberOf) as [bigint, bigint, bigint];
  if (from <= start || from >= end) return { field: 'first', problem: 'outside' };
  if (to <= start || to >= end) return { field: 'last', problem: 'outside' };
  if (to < from) return { field: 'last', problem: 'behind' };
  return own >= from && own <= to ? { field: 'first', problem: 'own' } : undefined;
}
