import { expect, test } from 'vitest';
import { freeRange, rangeProblem } from '../../../src/node/bare-metal/plan/range.ts';

test.each([
  ['10.0.0.1', 24, [], '10.0.0.2', '10.0.0.254'],
  ['10.0.0.1', 24, ['10.0.0.100', '10.0.0.240'], '10.0.0.101', '10.0.0.239'],
  ['10.0.0.200', 24, ['192.0.2.1'], '10.0.0.1', '10.0.0.199'],
  // No more than are ever needed at once.
  ['10.0.0.1', 8, [], '10.0.0.2', '10.0.0.255'],
  ['10.0.0.1', 30, [], '10.0.0.2', '10.0.0.2'],
] as const)('%s/%i without %j: %s to %s', (address, prefix, taken, first, last) => {
  expect(freeRange(address, prefix, taken)).toEqual({ first, last });
});

test('where all are taken there is none', () => {
  expect(freeRange('10.0.0.1', 30, ['10.0.0.2'])).toBeUndefined();
  expect(freeRange('10.0.0.1', 31, [])).toBeUndefined();
  expect(freeRange('10.0.0.1', 32, [])).toBeUndefined();
});

test.each([
  ['10.0.0.100', '10.0.0.120', undefined],
  ['10.0.0.100', '10.0.0.100', undefined],
  ['10.0.1.100', '10.0.1.120', { field: 'first', problem: 'outside' }],
  ['10.0.0.0', '10.0.0.20', { field: 'first', problem: 'outside' }],
  ['10.0.0.100', '10.0.0.255', { field: 'last', problem: 'outside' }],
  ['10.0.0.100', '10.0.0.99', { field: 'last', problem: 'behind' }],
  ['10.0.0.1', '10.0.0.20', { field: 'first', problem: 'own' }],
] as const)('%s to %s on 10.0.0.5/24', (first, last, problem) => {
  expect(rangeProblem('10.0.0.5', 24, { first, last })).toEqual(problem);
});
