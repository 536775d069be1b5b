import { expect, test } from 'vitest';
import { optionsIn, WrongCall } from '../../../src/api/called.ts';

const OPTIONS = { data: { type: 'string' }, keep: { type: 'number' }, json: { type: 'boolean' } } as const;

test.each([
  [[], {}],
  [['--json', '--data', '/d', '--keep', '7'], { json: true, data: '/d', keep: 7 }],
  [['--data=--odd', '--keep=0'], { data: '--odd', keep: 0 }],
  [['--data', 'a', '--data', 'b'], { data: 'b' }],
  [['--'], {}],
])('%j', (argv, given) => expect(optionsIn(OPTIONS, argv)).toEqual(given));

test.each([
  [['--bogus'], 'there is no option --bogus'],
  [['--bogus=1'], 'there is no option --bogus'],
  [['-x'], 'there is no option -x'],
  [['--toString'], 'there is no option --toString'],
  [['--no-json'], 'there is no option --no-json'],
  [['--json=yes'], '--json takes no value'],
  [['--data'], '--data wants a value'],
  [['--data', '--json'], '--data wants a value'],
  [['--keep', 'seven'], '--keep wants a whole number, not seven'],
  [['--keep=-1'], '--keep wants a whole number, not -1'],
  [['word'], 'takes no argument "word"'],
  [['--', '--json'], 'takes no argument "--json"'],
])('%j is wrong', (argv, why) => {
  expect(() => optionsIn(OPTIONS, argv)).toThrow(WrongCall);
  expect(() => optionsIn(OPTIONS, argv)).toThrow(why);
});
