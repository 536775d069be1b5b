import { expect, test } from 'vitest';
import { byName } from '../../../src/api/by-name.ts';

test.each([
  ['eth2', 'eth10'],
  ['enp3s0f9', 'enp3s0f10'],
  ['bond0', 'bond0.20'],
  ['Web', 'db'].reverse(),
  ['a', 'B'],
  ['A', 'a'],
  ['', '0'],
  ['vm-2', 'vm-10'],
  ['vm-9007199254740993', 'vm-90071992547409930'],
  ['web', '云主机'],
])('%j comes before %j', (first = '', second = '') => {
  expect(byName(first, second)).toBeLessThan(0);
  expect(byName(second, first)).toBeGreaterThan(0);
  expect(byName(first, first)).toBe(0);
});

test('`01` and `1` count the same, and still are in an order', () => {
  expect(Math.sign(byName('eth01', 'eth1'))).toBe(-Math.sign(byName('eth1', 'eth01')));
  expect(byName('eth01', 'eth1')).not.toBe(0);
});
