import { describe, expect, test } from 'vitest';
import { type FrameOptions, frameTests } from './frame.ts';
import { walk } from './walk.ts';

const { start } = frameTests();

const TERMINALS: Record<string, FrameOptions> = {
  'xterm-80x24': { term: 'xterm-256color' },
  'xterm-100x37': { term: 'xterm-256color', columns: 100, rows: 37 },
  'xterm-160x50': { term: 'xterm-256color', columns: 160, rows: 50 },
  'xterm-mono': { term: 'xterm', wishes: ['mono'] },
  'xterm-plain': { term: 'xterm', wishes: ['plain'] },
  'xterm-no-utf8': { term: 'xterm', env: { LANG: 'C' } },
  linux: { term: 'linux' },
  'linux-no-locale': { term: 'linux', env: { LANG: '' } },
  vt100: { term: 'vt100' },
  vt220: { term: 'vt220', columns: 132, rows: 24 },
  screen: { term: 'screen-256color' },
  tmux: { term: 'tmux-256color', columns: 100, rows: 37 },
};

describe('every page on every terminal', () => {
  test.for(Object.entries(TERMINALS))('%s', async ([name, options]) => {
    const terminal = await start(options);
    await expect(await walk(terminal)).toMatchFileSnapshot(`golden/frame-${name}.txt`);
  });
});

test('Chinese', async () => {
  const terminal = await start();
  terminal.press('f5', 'f2');
  const menu = await terminal.seeWhole('当前');
  terminal.press('enter');
  const form = await terminal.seeWhole('任意名称');
  await expect([menu, form].join('\n')).toMatchFileSnapshot('golden/frame-chinese.txt');
});

test.for(['vt100', 'linux'])('Chinese is not offered on %s, and the reason is said', async (term) => {
  const terminal = await start({ term });
  expect(terminal.grid()).not.toContain('Language');
  terminal.press('f5');
  await terminal.see('this terminal can show English only');
});

test.for([
  ['xterm', ['mono']],
  ['vt100', []],
] as const)('no colour on %s %s', async ([term, wishes]) => {
  const terminal = await start({ term, wishes });
  terminal.press('2');
  await terminal.see('> Form');
  const cells = Array.from({ length: 24 * 80 }, (_, at) => terminal.cell(Math.floor(at / 80), at % 80));
  expect(cells.filter(({ color }) => color)).toEqual([]);
  expect(cells.some(({ reverse }) => reverse)).toBe(true);
});
