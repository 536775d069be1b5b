import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { mayBeToldAt } from '../../src/management/wire/hook-address.ts';

const [own = ''] = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .filter(({ internal }) => !internal)
  .map(({ address }) => address);

test.each([
  ['192.0.2.7', true, true],
  ['10.1.2.3', true, true],
  ['2001:db8::7', true, true],
  ['127.0.0.1', true, false],
  ['127.255.0.9', true, false],
  ['::1', true, false],
  ['::ffff:127.0.0.1', true, false],
  ['::ffff:7f00:1', true, false],
  [own, true, false],
  [`::ffff:${own}`, true, false],
  ['169.254.169.254', false, false],
  ['::ffff:169.254.169.254', false, false],
  ['0.0.0.0', false, false],
  ['::', false, false],
  ['fe80::1', false, false],
  ['224.0.0.1', false, false],
  ['255.255.255.255', false, false],
  ['ff02::1', false, false],
])('%s: from here %s, from afar %s', (address, fromHere, fromAfar) => {
  expect(address).not.toBe('');
  expect([mayBeToldAt(address, true), mayBeToldAt(address, false)]).toEqual([fromHere, fromAfar]);
});
