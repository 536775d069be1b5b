import { expect, test } from 'vitest';
import { PORTS } from '../../src/api/ports.ts';

test('no two services of one machine have the same port', () => {
  const ports = Object.values(PORTS);
  expect(new Set(ports).size).toBe(ports.length);
});
