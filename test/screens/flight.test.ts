import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readRecording } from '../../screens/replay/recording.ts';
import { TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

const PASSWORD = 'jk2s0 Zq#7-recorded';
const MAIN = '<F2> System Configuration';

let node: TestNode;
beforeAll(async () => {
  node = await TestNode.start({ password: PASSWORD });
});
afterEach(() => node.endConsoles());
afterAll(() => node.end());

const flights = () => join(node.data, 'console/flights');
/** The one recording that there is, once there is one: each terminal has a file of its own. */
const recording = () => join(flights(), existsSync(flights()) ? (readdirSync(flights())[0] ?? '') : '');

test('a session is recorded without its password, even one typed too early, and can be seen again', async () => {
  const terminal = node.console();
  await terminal.see(MAIN);
  terminal.press('?');
  await terminal.see('─ Keys ─');
  terminal.press('escape');
  await terminal.gone('─ Keys ─');
  // All at once: the field for it is not there yet.
  terminal.type('\x1bOQ');
  terminal.type(PASSWORD);
  await terminal.see(/Password +\*/);
  terminal.press('C-u');
  terminal.type(PASSWORD);
  terminal.press('enter');
  await terminal.see('Terminal Info');
  terminal.press('down', 'escape');
  await terminal.see(MAIN);
  await terminal.end();

  const file = recording();
  const events = readRecording(file);
  expect(events.at(-1)).toMatchObject({ ended: 143 });
  expect(readFileSync(file, 'utf8')).not.toContain('Zq#7');
  expect(events.filter((event) => 'text' in event)).toEqual([]);
  expect(events.filter((event) => 'key' in event).map(({ key }) => key)).toEqual([
    ...['?', 'escape', 'f2', 'C-u', 'enter', 'down', 'escape'],
  ]);
  expect(events).toContainEqual(expect.objectContaining({ call: 'guard.checkPassword', how: 'ok' }));
  expect(events).toContainEqual(expect.objectContaining({ link: 'up' }));

  const replay = node.console({ args: ['--replay', file] });
  await replay.see('<Space> Play');
  await replay.see(/ 1\/\d+ +2\d\d\d-.*started/);
  const seen = async (wanted: string) => {
    for (let step = 0; step < events.length && !replay.grid().includes(wanted); step++) {
      const before = replay.grid();
      replay.press('right');
      await replay.until(() => replay.grid() !== before);
      await replay.seeWhole('');
    }
    expect(replay.grid()).toContain(wanted);
  };
  await seen('─ Keys ─');
  await seen('Root password');
  await seen('Terminal Info');
  replay.press('end');
  await replay.see('ended 143');
  replay.press('home', 'space');
  await replay.see('ended 143');
  replay.press('q');
  expect((await replay.exited).exitCode).toBe(0);
});

test('a console that is killed leaves what happened up to two seconds before', async () => {
  // What other consoles left.
  rmSync(flights(), { recursive: true });
  const terminal = node.console();
  await terminal.see(MAIN);
  terminal.press('?');
  await terminal.see('─ Keys ─');
  const pictured = () =>
    recording().endsWith('.jsonl') && readFileSync(recording(), 'utf8').includes('─ Keys ─');
  await terminal.until(pictured, undefined, 'the help on record');
  terminal.kill('SIGKILL');
  await terminal.exited;
  expect(readRecording(recording()).some(({ key }) => key === '?')).toBe(true);
});

test.for([
  ['nothing', undefined, 'ENOENT'],
  ['no recording', 'these are no events\n{"at":"x"}\n', 'holds no recording'],
] as const)('%s is refused by the replay, in one line', async ([_, content, why]) => {
  const file = join(node.folder, 'some.jsonl');
  if (content !== undefined) writeFileSync(file, content);
  const replay: TestTerminal = node.console({ args: ['--replay', file] });
  await replay.see(why);
  expect((await replay.exited).exitCode).toBe(2);
});
