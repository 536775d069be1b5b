import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { frameTests } from './frame.ts';
import type { TestTerminal } from './terminal.ts';

const { start, startUnder } = frameTests();

/** The drawings, which are loaded after the first picture, are there. */
const WHOLE = '         42%';

describe('what goes over the line', () => {
  test('a full screen of menu is below 3 kB, a clock tick below 40 bytes, nothing when nothing changed', async () => {
    const terminal = await start();
    await terminal.seeWhole(WHOLE);
    const first = terminal.bytes;
    expect(first).toBeLessThan(3000);
    const before = terminal.bytes;
    terminal.press(...'zzzzzzzzzzzzzzzzzzzz', 't');
    await terminal.see('tick 1');
    expect(terminal.bytes - before).toBeLessThan(40);
  });

  test('texts of others do not steer the terminal', async () => {
    const terminal = await start();
    expect(terminal.grid()).toContain('?[31mhostile? text');
    expect(terminal.raw).not.toContain('\x07');
  });

  test('a terminal that takes nothing gets the newest state, not all the states between', async () => {
    const terminal = await start();
    await terminal.seeWhole(WHOLE);
    const first = terminal.bytes;
    terminal.press('C-l');
    await terminal.until(() => terminal.bytes > first);
    await pause(300);
    const before = terminal.bytes;
    const picture = before - first;
    terminal.stall();
    await fill(terminal);
    for (let tick = 0; tick < 500; tick++) terminal.press('t', 'C-l');
    terminal.flow();
    await terminal.see('tick 500');
    // 800 pictures were asked for; what is seen are those that the kernel held and the few since.
    // 800 pictures were asked for; what the kernel and the reader hold came before the stall was felt.
    expect(terminal.bytes - before).toBeLessThan(400 * picture);
  });
});

describe('a terminal that takes nothing', () => {
  test('does not hold up the end of the program', async () => {
    const terminal = await start();
    terminal.stall();
    await fill(terminal);
    terminal.kill('SIGTERM');
    await terminal.until(() => !isRunning(terminal.pid), undefined, 'the end');
  });
});

/** Asks for more pictures than fit between the program and a terminal that takes none. Spaced: keys that come together are drawn once. */
async function fill(terminal: TestTerminal): Promise<void> {
  for (let round = 0; round < 300; round++) {
    terminal.press('C-l');
    await pause(5);
  }
}

/** Not there any more, or only its exit code. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

test('inside tmux, no program is started to ask for its version', async () => {
  const terminal = startUnder(
    'D=$(mktemp -d); printf "#!/bin/sh\\ntouch $D/asked\\n" > $D/tmux; chmod +x $D/tmux; ' +
      'PATH=$D:$PATH TMUX=1 "$@"; echo there is: $(ls $D).; rm -r $D',
  );
  await terminal.see('<q> Quit');
  terminal.press('q');
  await terminal.see('there is: tmux.');
});

describe('size', () => {
  test('below 80x24 there is one clear word, and all comes back', async () => {
    const terminal = await start();
    const before = await terminal.seeWhole(WHOLE);
    for (const [columns, rows] of [
      [79, 24],
      [80, 23],
      [40, 10],
      [20, 2],
    ] as const) {
      terminal.resize(columns, rows);
      await terminal.see('Too small');
    }
    terminal.resize(1, 1);
    terminal.resize(80, 24);
    await terminal.until(() => terminal.grid() === before);
  });

  test('a storm of sizes ends with the last one drawn whole', async () => {
    const terminal = await start();
    for (let round = 0; round < 60; round++)
      terminal.resize(80 + ((round * 37) % 90), 24 + ((round * 13) % 40));
    terminal.resize(100, 37);
    await terminal.see('Fixture 100x36');
    const fresh = await start({ columns: 100, rows: 37 });
    await fresh.seeWhole(WHOLE);
    await terminal.until(() => terminal.grid() === fresh.grid());
  });

  test('a line that tells no size is taken for 80x24', async () => {
    const terminal = startUnder('stty rows 0 columns 0; exec "$@"');
    await terminal.see('Fixture 80x23');
    await terminal.see('<q> Quit');
  });
});

describe('the end', () => {
  test.for([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ] as const)('%s leaves the terminal clean and exits with %i', async ([signal, code]) => {
    const terminal = await start();
    terminal.kill(signal);
    expect(await terminal.exited).toEqual({ exitCode: code, signal: undefined });
    await terminal.gone('Fixture');
    expect(terminal.raw.slice(-100)).toContain('\x1b[?25h');
    expect(terminal.raw).toMatch(/\x1b\[\?2004l\x1b\[\?1049l$/);
  });

  test('q exits with 0', async () => {
    const terminal = await start();
    terminal.press('q');
    expect(await terminal.exited).toEqual({ exitCode: 0, signal: undefined });
  });

  test('a defect leaves the terminal clean, says what it was and exits with 1', async () => {
    const terminal = await start();
    terminal.press('x');
    expect(await terminal.exited).toEqual({ exitCode: 1, signal: undefined });
    await terminal.see('planted defect');
    expect(terminal.grid()).not.toContain('<q> Quit');
  });

  test.for(['vt100', 'linux'])('%s, which has one screen only, is left empty', async (term) => {
    const terminal = await start({ term });
    terminal.press('q');
    await terminal.exited;
    await terminal.until(() => terminal.grid().trim() === '');
  });

  test('the modes of the line are as they were', async () => {
    const terminal = startUnder(
      'B=$(stty -g); "$@"; A=$(stty -g); [ "$A" = "$B" ] && echo same modes || echo "$A $B"',
    );
    await terminal.see('<q> Quit');
    terminal.press('q');
    await terminal.see('same modes');
  });

  test('stopped and continued, it takes the terminal again', async () => {
    const terminal = await start();
    const before = await terminal.seeWhole(WHOLE);
    terminal.kill('SIGSTOP');
    terminal.disturb('\x1b[2J\x1b[Hkernel: something happened');
    await terminal.see('kernel: something');
    terminal.kill('SIGCONT');
    await terminal.until(() => terminal.grid() === before);
  });

  test('continued on a line whose modes a shell has put back, it takes it letter by letter again', async () => {
    const terminal = await start();
    await terminal.see(WHOLE);
    const device = readlinkSync(`/proc/${terminal.pid}/fd/0`);
    const modes = () => execFileSync('stty', ['-F', device, '-a']).toString();
    expect(modes()).toMatch(/-icanon.* -echo /s);
    terminal.kill('SIGSTOP');
    execFileSync('stty', ['-F', device, 'sane']);
    expect(modes()).not.toMatch(/-icanon/);
    terminal.kill('SIGCONT');
    await terminal.until(() => /-icanon.* -echo /s.test(modes()));
    terminal.press('q');
    expect(await terminal.exited).toEqual({ exitCode: 0, signal: undefined });
  });

  test('Ctrl+L draws over what others wrote', async () => {
    const terminal = await start();
    const before = await terminal.seeWhole(WHOLE);
    terminal.disturb('\x1b[5;1Hkernel: something happened');
    await terminal.see('kernel: something');
    terminal.press('C-l');
    await terminal.until(() => terminal.grid() === before);
  });
});

test.for(['"$@" < /dev/null', '"$@" | cat'])('without a terminal (%s) it says so', async (command) => {
  const terminal = startUnder(command);
  await terminal.see('The console needs a terminal');
});

describe('terminals that cannot be drawn on', () => {
  test.for(['dumb', 'unknown'])('%s gets a line that says what to do, and exit code 1', async (term) => {
    const terminal: TestTerminal = startUnder('exec "$@"', { term });
    await terminal.see(`TERM=${term}`);
    await terminal.see('TERM=vt100');
    expect((await terminal.exited).exitCode).toBe(1);
  });
});
