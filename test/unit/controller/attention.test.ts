import { expect, test } from 'vitest';
import { same } from '../../../src/api/words.ts';
import { attentionOf } from '../../../src/controller/attention.ts';
import type { Settled } from '../../../src/controller/journal/settle.ts';

const settled = (words: string, outcome: Settled['outcome'] = 'undone'): Settled => ({
  ...{ name: '1', action: 'a', title: same('t'), now: false },
  ...{ outcome, words: same(words) },
});

test('what was settled in the same words is one line with their number, in the order of the first', () => {
  const lines = attentionOf(
    { trouble: undefined, findings: [] },
    [...[settled('bond0 undone'), settled('stuck', 'stuck'), settled('bond0 undone'), settled('br0 undone')]],
    [],
  );
  expect(lines.map(({ level, words: { en, zh } }) => [level, en, zh])).toEqual([
    ['warn', 'bond0 undone (2 times)', 'bond0 undone（2 次）'],
    ['bad', 'stuck', 'stuck'],
    ['warn', 'br0 undone', 'br0 undone'],
  ]);
});

test('a record that cannot be written, and one that was changed, come first', () => {
  const audit = { trouble: same('the disk is full'), findings: ['line 3 was changed'] };
  const lines = attentionOf(audit, [settled('undone')], [same('node.ini: idle_minutes')]);
  expect(lines.map(({ level, words }) => `${level}: ${words.en}`)).toEqual([
    'bad: changes are refused, they cannot be recorded: the disk is full',
    'bad: audit: line 3 was changed',
    'warn: node.ini: idle_minutes',
    'warn: undone',
  ]);
});
