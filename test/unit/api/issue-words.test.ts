import { expect, test } from 'vitest';
import { z } from 'zod';
import { issueWords } from '../../../src/api/issue-words.ts';
import { secret } from '../../../src/api/secret.ts';

const wordsFor = (schema: z.ZodType, input: unknown) => issueWords(schema.safeParse(input).error?.issues[0]);

test.each<[string, z.ZodType, unknown]>([
  ['must be 1 or more', z.int().min(1), 0],
  ['must be 3 or less', z.int().max(3), 4],
  ['must be a number', z.number(), 'many'],
  ['must be a whole number', z.int(), 1.5],
  ['must be text', z.string(), 5],
  ['is missing', z.string(), undefined],
  ['must be true or false', z.boolean(), 'yes'],
  ['must be a list', z.array(z.string()), 'a'],
  ['at least 3 characters', z.string().min(3), 'ab'],
  ['at most 1 entries', z.array(z.string()).max(1), ['a', 'b']],
  ['must be one of hour, day', z.enum(['hour', 'day']), 'week'],
  ['must be one of 5', z.literal(5), 6],
  ['unknown: b', z.strictObject({ a: z.string() }), { a: '', b: 1 }],
  ['is not a valid IPv4 address', z.ipv4(), 'x'],
  ['is not valid', z.string().regex(/^a/), 'b'],
  ['must begin with a', z.string().regex(/^a/, 'must begin with a'), 'b'],
  ['is not valid', z.object({}), 'x'],
  ['is not valid', z.number().multipleOf(5), 7],
  ['must begin with a', z.record(z.string().regex(/^a/, 'must begin with a'), z.string()), { b: '' }],
  ['must not be empty', secret, ''],
])('%s', (words, schema, input) => {
  expect(wordsFor(schema, input).en).toBe(words);
});
