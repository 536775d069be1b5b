import { expect, test } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { same, say } from '../../../src/api/words.ts';

test.each([
  ['several lines', 'first\n  second\r\nthird\n', 'first second third'],
  ['what a terminal would obey', 'name \u001b[2J\u009b5m\u202egnp', 'name ?[2J?5m?gnp'],
  ['other scripts', '没有时区 Köln', '没有时区 Köln'],
])('the words of a fault are one line: %s', (_what, text, line) => {
  const fault = new Fault('usage', say(text, text), { next: same(text) });
  expect([fault.message, fault.words.en, fault.words.zh, fault.next?.en]).toEqual([line, line, line, line]);
});

test('what a fault quotes is cut to what a person reads', () => {
  const { words } = new Fault('usage', same(`no ${'A'.repeat(5000)}`));
  expect(words.en).toMatch(/^no A{597}…$/);
});
