import { expect, test } from 'vitest';
import { holderOf } from '../../src/system/ports.ts';

const LISTENING = `LISTEN 0 80 127.0.0.1:3306 0.0.0.0:* users:(("mariadbd",pid=811,fd=21))
LISTEN 0 511 *:8080 *:* users:(("nginx",pid=9,fd=6),("nginx",pid=8,fd=6))
LISTEN 0 128 [::]:15672 [::]:* users:(("beam.smp",pid=3,fd=1))
LISTEN 0 5 0.0.0.0:5000 0.0.0.0:*
`;

test('the holder of a port is named', () => {
  expect(holderOf(LISTENING, 3306)).toBe('mariadbd');
  expect(holderOf(LISTENING, 8080)).toBe('nginx');
  expect(holderOf(LISTENING, 5000)).toBe('another program');
  expect(holderOf(LISTENING, 5672)).toBeUndefined();
});
