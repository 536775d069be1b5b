import { expect, test } from 'vitest';
import { renameOrder } from '../../src/node/network/change/plan/rename-order.ts';

const order = (renames: string, taken: string[]): string =>
  renameOrder(
    renames.split(' ').map((each) => {
      const [from = '', to = ''] = each.split('>');
      return { from, to };
    }),
    new Set(taken),
  )
    .map(({ from, to }) => `${from}>${to}`)
    .join(' ');

test.each([
  ['one', 'a>b', 'a>b'],
  ['a row is gone through from its free end', 'a>b b>c c>d', 'c>d b>c a>b'],
  ['a circle of two goes by a passing name', 'a>b b>a', 'a>zs-passing1 b>a zs-passing1>b'],
  ['a circle of three', 'a>b b>c c>a', 'a>zs-passing1 c>a b>c zs-passing1>b'],
])('%s', (_, renames, expected) => {
  expect(order(renames, ['a', 'b', 'c', 'zs-passing0'])).toBe(expected);
});
