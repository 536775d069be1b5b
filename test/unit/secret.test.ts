import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret, secret } from '../../src/api/secret.ts';

test('a secret shows itself nowhere but through reveal', () => {
  const password = new Secret('tr0ub4dor');
  expect(`${password} ${inspect(password)} ${JSON.stringify({ password })}`).toBe(
    '*** *** {"password":"***"}',
  );
  expect(password.reveal()).toBe('tr0ub4dor');
});

test.each(['', 'two\nlines', 'nul\0', 'x'.repeat(513)])('a secret field refuses %j', (text) => {
  expect(secret.safeParse(text).success).toBe(false);
});
