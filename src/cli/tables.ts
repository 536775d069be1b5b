import { optionsText } from '../node/network/change/schema/bond.ts';
import type { Link, NetworkState } from '../node/network/change/schema/state.ts';

/** Width of the whole table when nothing in it is longer. */
const WIDTH = 78;

/** Rows in a frame; the last column takes what is left of the width. */
function framed(rows: string[][]): string {
  const count = rows[0]?.length ?? 0;
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const used = widths.slice(0, -1).reduce((sum, width) => sum + width + 3, 0);
  widths[count - 1] = Math.max(widths.at(-1) ?? 0, WIDTH - used - 4);
  const line = '-'.repeat(used + (widths.at(-1) ?? 0) + 4);
  const [head = [], ...body] = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  return [line, head, line, ...body, line].join('\n');
}

const bondsOf = (state: NetworkState): Link[] => state.links.filter((link) => link.kind === 'bond');

const portNames = (state: NetworkState, bond: Link): string[] =>
  state.links.filter((link) => link.controller === bond.name).map((link) => link.name);

/** Bonds with their ports, a bond's name and options in its first row only. */
export const bondTable = (state: NetworkState): string =>
  framed([
    ['Bond Name', 'SLAVE(s)', 'BONDING_OPTS'],
    ...bondsOf(state).flatMap((bond) => bondRows(state, bond)),
  ]);

function bondRows(state: NetworkState, bond: Link): string[][] {
  const ports = portNames(state, bond);
  const rows = ports.length === 0 ? [''] : ports;
  return rows.map((port, at) => (at === 0 ? [bond.name, port, optionsOf(bond)] : ['', port, '']));
}

const optionsOf = (bond: Link): string => (bond.bond === undefined ? '' : optionsText(bond.bond));

/** Every link with its addresses, then the bonds, one row a port. */
export function networkTable(state: NetworkState): string {
  const bonds = bondsOf(state).flatMap((bond) => {
    const ports = portNames(state, bond);
    return (ports.length === 0 ? [''] : ports).map((port) => [bond.name, port, optionsOf(bond)]);
  });
  return [
    ...state.links.filter((link) => link.present).map((link) => linkText(link, state.management)),
    framed([['Bond Name', 'SLAVE', 'BONDING_OPTS'], ...bonds]),
  ].join('\n');
}

function linkText(link: Link, management: string | undefined): string {
  const parent = link.vlan === undefined ? '' : `@${link.vlan.parent}`;
  const flags = [
    link.carrier ? 'UP' : link.up === true ? 'NO-CARRIER' : 'DOWN',
    ...(link.controller === undefined ? [] : [`master ${link.controller}`]),
    ...(link.name === management ? ['MN'] : []),
  ];
  return [
    `${link.name}${parent}: <${flags.join(',')}> mtu ${link.currentMtu ?? '?'}`,
    `    link/ether ${link.currentMac ?? '?'}`,
    ...link.addresses.map((address) => `    ${address.includes(':') ? 'inet6' : 'inet'} ${address}`),
  ].join('\n');
}
