import { expect, test } from 'vitest';
import { leasesIn } from '../../../src/node/bare-metal/plan/leases.ts';

test('of leases, those that have ended and what is none are left out', () => {
  const text = `100 52:54:00:00:00:01 192.0.2.1 * *
201 52:54:00:00:00:02 192.0.2.2 node-2 01:52:54:00:00:00:02
201 52:54:00:00:00:03 fd00::3 * *
201 52:54:00:00:00:04 \x1b[2J * *
x 52:54:00:00:00:05 192.0.2.5 * *
duid 00:01
201`;
  expect([...leasesIn(text, 200_000)]).toEqual([['52:54:00:00:00:02', '192.0.2.2']]);
});
