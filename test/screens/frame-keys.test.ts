import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { randomOf } from '../fakes/random.ts';
import { frameTests } from './frame.ts';
import { keyNoise } from './noise.ts';
import type { Exit, TestTerminal } from './terminal.ts';

const { start } = frameTests();

const inMenu = async (terminal: TestTerminal) => {
  terminal.press('2');
  await terminal.see('> Form');
};

const inForm = async (terminal: TestTerminal) => {
  await inMenu(terminal);
  terminal.press('enter');
  await terminal.see('> Name');
};

describe('keys', () => {
  test.for(['\x1b[[B', '\x1bOQ', '\x1b[12~', '\x1b2'])(
    '%j is F2, also when it comes byte by byte',
    async (bytes) => {
      const terminal = await start();
      // Where its bytes come too far apart, ESC is a key of its own: on a machine that holds this one up, once more.
      for (let tries = 0; tries < 10 && !terminal.grid().includes('> Form'); tries++) {
        for (const byte of bytes) {
          terminal.type(byte);
          await pause(10);
        }
        await terminal.until(() => terminal.grid().includes('> Form'), 2000).catch(() => undefined);
      }
      await terminal.see('> Form', 0);
      terminal.type(bytes);
      await terminal.see('tick 0');
    },
  );

  test('Ctrl+C, Ctrl+Z, Ctrl+\\ and Ctrl+S do nothing by themselves', async () => {
    const terminal = await start();
    terminal.press('C-c', 'C-z', 'C-\\', 'C-s', 't');
    await terminal.see('tick 1');
  });

  test('that follow one which takes a moment are for the page that it brings', async () => {
    const terminal = await start();
    await inMenu(terminal);
    terminal.press('down', 'down', 'down', 'down', 'down', 'enter', 'escape', 'down');
    await terminal.see('> Reader');
  });

  test('what takes a moment says so, and is not begun twice', async () => {
    const terminal = await start();
    await inMenu(terminal);
    terminal.press(...Array.from({ length: 7 }, () => 'down'), 'enter');
    await terminal.see('working ...');
    // After the time in which keys are held for the page.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    terminal.press('enter');
    await terminal.see('> em00');
    terminal.press('escape');
    await terminal.gone('em00');
    expect(terminal.grid()).toContain('> Slow list');
    expect(terminal.grid()).not.toContain('working ...');
  });

  test('a key that can do nothing now says why', async () => {
    const terminal = await start();
    terminal.press('d');
    await terminal.see('this one never works');
    terminal.press('t');
    await terminal.gone('this one never works');
  });

  test('in a form, keys of the frame are text', async () => {
    const terminal = await start();
    await inForm(terminal);
    terminal.type('?q2t');
    // The first letter takes the place of what stood there.
    await terminal.see(/Name +\?q2t/);
  });

  test('Chinese is typed, moved over and deleted as whole characters', async () => {
    const terminal = await start();
    await inForm(terminal);
    terminal.press('C-u');
    terminal.type('中文字');
    await terminal.see('中文字');
    terminal.press('left', 'backspace');
    await terminal.see(/Name +中字/);
    const { row, column } = terminal.cursor;
    // The wide character before it takes one column more than its place in the text.
    expect(column).toBe((terminal.grid().split('\n')[row]?.indexOf('字') ?? 0) + 1);
  });
});

describe('pasted text', () => {
  test('does not press keys: no line break submits, no letter confirms', async () => {
    const terminal = await start();
    await inForm(terminal);
    terminal.type('\x1b[200~x\r\ny\x1b[201~');
    await terminal.see(/Name +xy/);
    expect(terminal.grid()).toContain('A form');
  });

  test('of a megabyte leaves the form usable', async () => {
    const terminal = await start();
    await inForm(terminal);
    terminal.type(`\x1b[200~${'p'.repeat(1_000_000)}\x1b[201~`);
    await terminal.see('pppppppp');
    terminal.press('escape');
    await terminal.gone('A form');
  });

  test('of a megabyte without marks, as on a serial line, is survived as well', async () => {
    const terminal = await start({ term: 'vt220' });
    await inForm(terminal);
    terminal.type('s'.repeat(1_000_000));
    await terminal.see('ssssssss');
    terminal.press('escape');
    await terminal.gone('A form');
  });

  test('of a megabyte of held keys ends where they lead', async () => {
    const terminal = await start();
    await inMenu(terminal);
    terminal.type('j'.repeat(200_000));
    await terminal.see('> Entry 26');
    terminal.press('2', 'f2');
    await terminal.see('tick 0');
  });
});

test('a form tells what it does, and Esc leaves it', async () => {
  const terminal = await start();
  await inForm(terminal);
  terminal.press('C-u');
  terminal.type('slow');
  terminal.press('tab');
  terminal.type('secret');
  terminal.press('enter');
  await terminal.see(/asking around \.\.\. [1-9]\d* s/);
  terminal.press('escape');
  await terminal.gone('A form');
  expect(terminal.raw).not.toContain('secret');
});

test('a wrong secret is said and emptied', async () => {
  const terminal = await start();
  await inForm(terminal);
  terminal.press('tab');
  terminal.type('wrong');
  await terminal.see('*****');
  terminal.press('enter');
  await terminal.see('! The password is wrong');
  expect(terminal.grid()).not.toContain('*');
});

/** `q` and `x` end the program on purpose. */
const noise = (seed: number, length: number): Buffer => keyNoise(randomOf(seed), length, 'qx');

test.for([1, 2, 3])('a hundred thousand random keys, seed %i, bring nothing down', async (seed) => {
  const terminal = await start();
  terminal.send(noise(seed, 100_000));
  // Ends whatever sequence or paste the noise may have begun.
  terminal.type('\x07\x1b[201~');
  // No noise holds a `q`, so only these end it, once all before them is read and a screen is reached that they mean it on.
  let exit: Exit | undefined;
  void terminal.exited.then((ended) => {
    exit = ended;
  });
  while (exit === undefined) {
    terminal.press('escape');
    await pause(100);
    if (exit === undefined) terminal.press('q');
  }
  expect(exit, `seed ${seed}\n${terminal.grid()}`).toEqual({ exitCode: 0, signal: undefined });
});
