import { expect, test } from 'vitest';
import { isShown } from '../../src/system/kernel-messages.ts';

test.each([
  ['<3>disk error', 4, true],
  ['<4>warning', 4, false],
  ['<6>info', 7, true],
  // The facility stands above the three bits of the level.
  ['<30>daemon info', 7, true],
  ['<31>daemon debug', 7, false],
  [' goes on', 7, false],
  ['', 7, false],
])('%j at console level %i: shown %s', (line, level, shown) => {
  expect(isShown(line, level)).toBe(shown);
});
