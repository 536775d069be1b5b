import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { lineOf } from '../../screens/line/picture.ts';
import { frameTests } from './frame.ts';
import { TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

const { start } = frameTests();

/** Whether any cell of the screen has a colour. */
function coloured(terminal: TestTerminal): boolean {
  const rows = terminal.grid().split('\n');
  return rows.some((text, row) => [...text].some((_, column) => terminal.cell(row, column).color));
}

const inAscii = (terminal: TestTerminal) => /^[\n -~]*$/.test(terminal.grid());

describe('the picture', () => {
  test.for(['f6', 'C-p'])('is plain after %s, rich after the next, and both are whole', async (key) => {
    const terminal = await start();
    const rich = await terminal.seeWhole('         42%');
    expect(coloured(terminal)).toBe(true);
    const before = terminal.raw.length;
    terminal.press(key);
    await terminal.see('Plain picture');
    terminal.press('z');
    await terminal.gone('Plain picture');
    const fresh = await start({ wishes: ['plain'] });
    await terminal.until(() => terminal.grid() === fresh.grid());
    expect(coloured(terminal)).toBe(false);
    expect(terminal.raw.slice(before)).not.toMatch(/[\x80-\xff]/);
    terminal.press(key);
    await terminal.see('Full picture');
    terminal.press('z');
    await terminal.until(() => terminal.grid() === rich);
    expect(coloured(terminal)).toBe(true);
  });

  test('of windows has borders of ASCII, on terminals with line drawing as well', async () => {
    const terminal = await start({ term: 'vt100' });
    terminal.press('?');
    await terminal.see('┌');
    terminal.press('C-p');
    await terminal.see(/\+- Keys -+\+/);
    expect(inAscii(terminal)).toBe(true);
    terminal.press('C-p');
    await terminal.see(/┌─ Keys ─+┐/);
  });

  test('speaks English while it is plain, and the language chosen when it is rich again', async () => {
    const terminal = await start();
    terminal.press('f5');
    await terminal.see('系统配置');
    terminal.press('f6');
    await terminal.see(/^ hello$/m);
    terminal.press('f5');
    await terminal.see('English only');
    terminal.press('f6');
    await terminal.see('你好，世界');
  });

  test('is a word in the help', async () => {
    const terminal = await start();
    terminal.press('?');
    await terminal.see(/F6 Ctrl\+P +plain picture/);
  });
});

describe('a line', () => {
  test.for([
    ['/dev/ttyS0', 'vt220', 'ttyS0'],
    ['/dev/tty1', 'linux', 'tty1'],
    ['/dev/pts/7', 'xterm-256color', 'pts-xterm-256color'],
    ['/dev/pts/7', '../../etc/x', 'pts-.._.._etc_x'],
    ['socket:[7]', '', 'socket__7_'],
  ] as const)('%s with TERM %s is %s', ([device, term, line]) => expect(lineOf(device, term)).toBe(line));
});

describe('of a console', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await TestNode.start();
  });
  afterEach(() => node.endConsoles());
  afterAll(() => node.end());

  const opened = async (term: string) => {
    const terminal = node.console({ term });
    await terminal.see('<F2> System Configuration');
    return terminal;
  };
  const help = async (terminal: TestTerminal) => {
    terminal.press('?');
    await terminal.see(/- Keys -|─ Keys ─/);
    return terminal.grid().includes('┌') ? 'rich' : 'plain';
  };

  test('the choice stays with the line, and with that line only', async () => {
    const first = await opened('xterm-256color');
    first.press('f6');
    await first.see('Plain picture');
    await first.end();
    expect(readFileSync(join(node.data, 'console/pictures/pts-xterm-256color'), 'utf8')).toBe('plain\n');
    expect(await help(await opened('xterm-256color'))).toBe('plain');
    expect(await help(await opened('screen'))).toBe('rich');
  });

  test('what cannot be kept is said, and done all the same', async () => {
    const folder = join(node.data, 'console');
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(folder, 'in the way');
    const terminal = await opened('xterm-256color');
    terminal.press('f6');
    await terminal.see('it cannot be kept');
    expect(await help(terminal)).toBe('plain');
    rmSync(folder);
  });

  test('a file that holds nothing, as a power cut may leave it, is no choice', async () => {
    const folder = join(node.data, 'console/pictures');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'pts-xterm-256color'), '');
    expect(await help(await opened('xterm-256color'))).toBe('rich');
  });
});
