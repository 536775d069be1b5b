import { expect, test } from 'vitest';
import { isShown } from '../../src/system/kernel-messages.ts';

test.each([
  ['kern  :err   : [    1.000000] disk error', 4, true],
  ['kern  :warn  : [    1.000000] warning', 4, false],
  ['kern  :info  : [    1.000000] info', 7, true],
  ['user  :crit  : [33413.720630] of a program', 3, true],
  ['daemon:err   : [33413.721376] of a daemon', 3, false],
  ['local0:debug : [    1.000000] debug', 7, false],
  [' goes on', 7, false],
  ['', 7, false],
])('%j at console level %i: shown %s', (line, level, shown) => {
  expect(isShown(line, level)).toBe(shown);
});
