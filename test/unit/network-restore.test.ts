import { expect, test } from 'vitest';
import { restoredState } from '../../src/node/network/change/restore.ts';
import type { Family, Link, NetworkState } from '../../src/node/network/change/schema/state.ts';

const OFF: Family = { method: 'disabled', addresses: [], dns: [], routes: [] };
const link = (ipv4: Family, more: Partial<Link> = {}): Link => ({
  name: 'em01',
  kind: 'physical',
  mac: '52:54:00:00:00:01',
  ipv4,
  ipv6: OFF,
  managed: true,
  present: true,
  active: true,
  carrier: true,
  addresses: [],
  ...more,
});

const route = { to: '10.0.0.0/8', via: '192.0.2.9' };
const plain: Family = { method: 'manual', addresses: ['192.0.2.4/24'], dns: [], routes: [route] };
const rich: Family = {
  ...plain,
  addresses: ['192.0.2.5/24'],
  routes: [{ ...route, rest: { table: ['u', 100] } }],
  rest: { 'route-metric': ['x', { $int: '50' }] },
};
const zone = { rest: { connection: { zone: ['s', 'internal'] } } } satisfies Partial<Link>;
const now: NetworkState = { whole: true, links: [link(rich, zone)] };

test('a state that an older version kept changes what it tells, and leaves the rest as it is', () => {
  const [after] = restoredState(now, { links: [link(plain)] }).links;
  expect(after?.ipv4).toEqual({ ...rich, addresses: ['192.0.2.4/24'] });
  expect(after?.rest).toEqual(zone.rest);
});

test('a state that was kept whole comes back whole', () => {
  const [after] = restoredState(now, { whole: true, links: [link(plain)] }).links;
  expect(after?.ipv4).toEqual(plain);
  expect(after?.rest).toBeUndefined();
});
