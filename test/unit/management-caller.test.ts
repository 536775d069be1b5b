import type { FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { callerOf } from '../../src/management/wire/envelope.ts';

test.each([
  ['127.0.0.1', '127.0.0.1', true],
  ['127.8.0.1', '127.0.0.1', true],
  ['::1', '::1', true],
  ['::ffff:127.0.0.1', '::ffff:127.0.0.1', true],
  ['192.0.2.1', '192.0.2.1', true],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1', true],
  ['192.0.2.9', '192.0.2.1', false],
  ['2001:db8::9', '2001:db8::1', false],
  ['1127.0.0.1', '192.0.2.1', false],
])('a call from %s at %s comes from this machine: %s', (remoteAddress, localAddress, isHere) => {
  const request = { socket: { remoteAddress, localAddress } } as FastifyRequest;
  expect(callerOf(request)).toEqual({ address: remoteAddress, isHere });
});
