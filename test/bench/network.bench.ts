import type { Edit } from '../../src/node/network/change/plan/wanted.ts';
import { planEdit } from '../../src/node/network/change/plan.ts';
import { change } from '../../src/node/network/change/schema/change.ts';
import { type Bench, median } from './row.ts';

const LINKS = 200;
const ROUNDS = 50;

const off = { method: 'disabled' as const, addresses: [], dns: [], routes: [] };

const link = (at: number) => ({
  name: `em${at}`,
  kind: 'physical' as const,
  uuid: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
  mac: `52:54:00:00:00:${at.toString(16).padStart(2, '0')}`,
  ipv4: off,
  ipv6: off,
  managed: true,
  present: true,
  active: true,
  carrier: true,
  addresses: [],
});

/** A bond of two NICs planned on a node with many links. */
const bench: Bench = async () => {
  const state = { links: Array.from({ length: LINKS }, (_, at) => link(at)) };
  const input = { kind: 'createBond', name: 'bond0', mode: '4', members: ['em3', 'em4'] };
  const wanted = change.parse(input) as Edit;
  const samples = Array.from({ length: ROUNDS }, () => {
    const from = performance.now();
    planEdit(state, wanted, 1);
    return performance.now() - from;
  });
  return [
    { name: `plan of a bond among ${LINKS} links, median`, value: median(samples), unit: 'ms', limit: 20 },
  ];
};
export default bench;
