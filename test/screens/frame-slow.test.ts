import { describe, expect, test } from 'vitest';
import { frameTests } from './frame.ts';

const { start } = frameTests();

const RATE = 960;
const slow = { bytesPerSecond: RATE, wishes: [`speed=${RATE}`], term: 'vt220' };

describe('a line of 9600 baud', () => {
  test('what a key changes comes before the rest of the picture', async () => {
    const terminal = await start({ ...slow, columns: 100, rows: 50 });
    terminal.press('2');
    await terminal.see('> Form');
    await terminal.see('Entry 26');
    const before = terminal.bytes;
    terminal.press('C-l');
    await terminal.until(() => terminal.bytes > before + 150);
    terminal.press('end');
    await terminal.see('> Entry 26');
    expect(terminal.grid()).not.toContain('Entry 20');
    await terminal.see('Entry 20');
    await terminal.gone('> Form');
  });

  test('only the newest state is sent, and in the end the screen is what a fast one shows', async () => {
    const terminal = await start(slow);
    const before = terminal.bytes;
    for (let tick = 0; tick < 300; tick++) terminal.press('t', 'C-l');
    await terminal.see('tick 300');
    terminal.press('2');
    await terminal.see('> Form');
    await terminal.see('Entry 20');
    await terminal.see(/Explains Form.*/);
    await terminal.see('<?> Help');
    expect(terminal.bytes - before).toBeLessThan(30_000);
    const fast = await start({ term: 'vt220' });
    fast.press('2');
    await fast.see('> Form');
    await terminal.until(() => terminal.grid() === fast.grid());
  });

  test('the end does not wait for the line', async () => {
    const terminal = await start({ ...slow, columns: 160, rows: 50 });
    const before = terminal.bytes;
    terminal.press('2');
    await terminal.until(() => terminal.bytes > before);
    terminal.kill('SIGTERM');
    expect(await terminal.exited).toEqual({ exitCode: 143, signal: undefined });
    // What is on the line already takes its time.
    await terminal.until(() => terminal.grid().trim() === '', 30_000);
  });
});
