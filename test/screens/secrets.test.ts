import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestNode } from './node.ts';
import { filesWith, processesWith } from './search.ts';

/** Words that occur nowhere else, so that finding one means that it leaked. */
const OLD = 'zqOldSecret4711';
const NEW = 'zqNewSecret0815';
const WRONG = 'zqWrongSecret1234';

let node: TestNode;
beforeAll(async () => {
  node = await TestNode.start({ role: 'compute', password: OLD });
});
afterAll(() => node.end());

test('the search finds what is there', () => {
  const planted = join(node.data, 'planted');
  writeFileSync(planted, `x${OLD}x`);
  expect(filesWith(node.data, OLD)).toEqual([planted]);
  rmSync(planted);
  const sleeper = spawn('sleep', ['60'], { env: { ...process.env, PLANTED: NEW } });
  expect(processesWith(NEW)).toEqual([sleeper.pid]);
  sleeper.kill();
});

test("root's password is changed from the console, and no trace of old, new or wrong ones is left", async () => {
  const terminal = node.console();
  const seenInProcesses = new Set<number>();
  const sample = setInterval(() => {
    for (const text of [OLD, NEW, WRONG]) for (const pid of processesWith(text)) seenInProcesses.add(pid);
  }, 20);
  const before = node.shadow;
  await terminal.see('<F2> System Configuration');
  await change(terminal, WRONG, NEW, NEW);
  await terminal.see('Change the password of root now?');
  terminal.press('n');
  await terminal.see('nothing was changed');
  terminal.press('enter');
  await terminal.see('Change the password of root now?');
  terminal.press('y');
  await terminal.see('Old password: wrong password: 9 tries left, then it is locked');
  expect(node.shadow).toBe(before);
  // Only the wrong one is to be typed again.
  expect(terminal.grid()).toMatch(/New password +\*+/);
  terminal.type(`${OLD}x`);
  terminal.press('enter');
  await terminal.see('Change the password of root now?');
  terminal.press('y');
  await terminal.see('Old password: wrong password: 8 tries left');
  terminal.press('escape');
  await terminal.gone('Old password');
  await fill(terminal, OLD, NEW, `${NEW}x`);
  await terminal.see('New again: differs from the new password');
  expect(node.shadow).toBe(before);
  terminal.press('escape');
  await terminal.gone('Old password');
  await fill(terminal, OLD, NEW, NEW);
  await terminal.see('Change the password of root now?');
  terminal.press('y');
  await terminal.see('The password of root is changed.');
  expect(node.shadow).not.toBe(before);
  await node.endConsoles();

  const again = node.console();
  await again.see('<F2> System Configuration');
  again.press('f2');
  await again.see('Root password');
  again.type(NEW);
  again.press('enter');
  await again.see('Change Passwords');
  await node.endConsoles();
  clearInterval(sample);
  for (const text of [OLD, NEW, WRONG]) expect(filesWith(node.folder, text)).toEqual([]);
  expect([...seenInProcesses]).toEqual([]);
});

async function change(
  terminal: Parameters<typeof fill>[0],
  ...passwords: [string, string, string]
): Promise<void> {
  terminal.press('f2');
  await terminal.see('Root password');
  terminal.type(OLD);
  terminal.press('enter');
  await terminal.see('> Change Passwords');
  await fill(terminal, ...passwords);
}

async function fill(
  terminal: ReturnType<TestNode['console']>,
  oldPassword: string,
  newPassword: string,
  confirmation: string,
): Promise<void> {
  terminal.press('enter');
  await terminal.see('Old password');
  for (const [index, text] of [oldPassword, newPassword, confirmation].entries()) {
    if (index > 0) terminal.press('tab');
    terminal.type(text);
  }
  terminal.press('enter');
}
