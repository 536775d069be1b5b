import { expect, test } from 'vitest';
import { restTexts, routeText } from '../../src/node/network/change/plan/inventory.ts';

test('properties are told by their names, and numbers that have a name by that', () => {
  expect(
    restTexts({
      'addr-gen-mode': ['i', 2],
      'ip6-privacy': ['i', -1],
      'never-default': ['b', true],
      'may-fail': ['b', false],
      'dns-search': ['as', ['a.example', 'b.example']],
      'route-metric': ['x', { $int: '50' }],
      'routing-rules': ['aa{sv}', [{}, {}]],
    }),
  ).toEqual([
    'addr-gen-mode default-or-eui64',
    'ip6-privacy default',
    'never-default',
    'may-fail false',
    'dns-search a.example b.example',
    'route-metric 50',
    'routing-rules (2)',
  ]);
  expect(routeText({ to: '10.1.0.0/16', via: '192.0.2.9', rest: { table: ['u', 100] } })).toBe(
    '10.1.0.0/16 via 192.0.2.9 table 100',
  );
});
