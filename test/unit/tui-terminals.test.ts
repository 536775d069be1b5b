import { describe, expect, test } from 'vitest';
import { abilityOf, plainOf, terminalOf, utf8Locale } from '../../src/tui/terminals.ts';

const UTF8 = { LANG: 'C.UTF-8' };

const ability = (term: string, env: NodeJS.ProcessEnv, wishes = {}) => {
  const terminal = terminalOf(term);
  if (terminal === undefined) throw new Error(`${term} is not known`);
  return abilityOf(terminal, env, wishes);
};

describe('terminals', () => {
  test.each([
    ['linux', 8, true, false],
    ['vt100', 0, false, false],
    ['vt102', 0, false, false],
    ['vt220', 0, false, false],
    ['vt420', 0, false, false],
    ['xterm', 8, true, true],
    ['xterm-256color', 256, true, true],
    ['screen', 8, true, true],
    ['screen-256color', 256, true, true],
    ['screen.xterm-256color', 256, true, true],
    ['screen.linux', 8, true, false],
    ['tmux', 8, true, true],
    ['tmux-256color', 256, true, true],
    ['alacritty', 8, true, true],
    ['xterm-kitty', 8, true, true],
  ])('%s has %i colours', (term, colors, unicode, full) =>
    expect(ability(term, UTF8)).toMatchObject({ colors, unicode, full }),
  );

  test.each(['dumb', '', 'unknown', 'network', 'xtermx', 'linuxoid', 'vt52', '../../etc/passwd'])(
    'nothing is known of %j',
    (term) => expect(terminalOf(term)).toBeUndefined(),
  );

  test('only the kernel console draws UTF-8 without a UTF-8 locale', () => {
    expect(ability('xterm', {}).unicode).toBe(false);
    expect(ability('linux', {}).unicode).toBe(true);
  });

  test('mono and NO_COLOR take the colours, plain takes those and all beyond ASCII', () => {
    expect(ability('xterm', UTF8, { mono: true }).colors).toBe(0);
    expect(ability('xterm', { ...UTF8, NO_COLOR: '1' }).colors).toBe(0);
    const plain = plainOf(ability('xterm', UTF8));
    expect(plain).toMatchObject({ colors: 0, unicode: false, full: false, plain: true });
  });
});

describe('locale', () => {
  test('the first variable that is set decides', () => {
    expect(utf8Locale({ LC_ALL: 'C', LANG: 'en_US.UTF-8' })).toBe(false);
    expect(utf8Locale({ LC_CTYPE: 'zh_CN.utf8', LANG: 'C' })).toBe(true);
    expect(utf8Locale({ LC_ALL: '', LANG: 'C.UTF-8' })).toBe(true);
    expect(utf8Locale({})).toBe(false);
  });
});
