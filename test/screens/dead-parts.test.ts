import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { connect } from '../../src/api/client.ts';
import { keepChange } from '../../src/node/network/change/schema.ts';
import { bundle, TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

/** The long run: `ZS_ROUNDS=200`. */
const ROUNDS = Number(process.env.ZS_ROUNDS ?? 6);
const MINUTES = 120;
const PASSWORD = 'Zq7 right one';
const MAIN = '<F2> System Configuration';
const GONE = 'the controller does not answer';
const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGSTOP'] as const;
type Ending = (typeof SIGNALS)[number];

let node: TestNode;
afterEach(() => node?.end());

const opened = async (options = {}): Promise<TestTerminal> => {
  const terminal = node.console({ columns: 100, rows: 37, ...options });
  await terminal.see(MAIN);
  return terminal;
};

const descriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
const pidOf = (program: 'controller' | 'guard') => node.program(program).pid ?? 0;

async function end(program: 'controller' | 'guard', how: Ending): Promise<void> {
  const child = node.program(program);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill(how);
  if (how !== 'SIGSTOP') await exited;
}

/** Seconds of the day of a wall time as it stands on the screen. */
const secondsOf = (clock: string): number =>
  clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

/** How many seconds the time of the last figures, as the screen tells it, lies before a moment. */
function ageOfFigures(grid: string, moment: Date): number {
  const told = /figures are from (\d\d:\d\d:\d\d)/.exec(grid)?.[1];
  if (told === undefined) throw new Error(`no time of the last figures\n${grid}`);
  const now = moment.getHours() * 3600 + moment.getMinutes() * 60 + moment.getSeconds();
  return ((now - secondsOf(told) + 129_600) % 86_400) - 43_200;
}

describe(`in a loop of ${ROUNDS}`, () => {
  test(
    'the controller killed, stopped and hung: it is told with the time of the last figures, F2 asks, and all comes back',
    async () => {
      node = await TestNode.start({ password: PASSWORD });
      const terminal = await opened();
      const told: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const how = SIGNALS[round % SIGNALS.length] ?? 'SIGKILL';
        const [from, begun] = [performance.now(), new Date()];
        await end('controller', how);
        const ended = new Date();
        const grid = await terminal.see(GONE);
        told.push(performance.now() - from);
        // Figures come once a second; whoever reads this screen must not take older ones for these.
        expect(ageOfFigures(grid, begun)).toBeLessThanOrEqual(3);
        expect(ageOfFigures(grid, ended)).toBeGreaterThanOrEqual(-1);
        terminal.press('f2');
        await terminal.see('Root password');
        terminal.press('escape');
        await terminal.gone('Root password');
        if (how === 'SIGSTOP') node.program('controller').kill('SIGCONT');
        else await node.startController();
        await terminal.gone(GONE);
      }
      console.log(`told after at most ${Math.round(Math.max(...told))} ms`);
      expect(descriptors(terminal.pid)).toBeLessThan(60);
    },
    MINUTES * 60_000,
  );

  test(
    'guard killed, stopped and hung: F2 says so or waits, nothing else is touched, and it works again',
    async () => {
      node = await TestNode.start({ password: PASSWORD });
      const terminal = await opened();
      for (let round = 0; round < ROUNDS; round++) {
        const how = SIGNALS[round % SIGNALS.length] ?? 'SIGKILL';
        await end('guard', how);
        terminal.press('f2');
        if (how === 'SIGSTOP') {
          await terminal.see('asking for the password check');
          terminal.press('f2', 'f2', 'f12');
          node.program('guard').kill('SIGCONT');
        } else {
          await terminal.see('nothing listens on the socket');
          terminal.press('escape');
          await terminal.see(MAIN);
          await node.startGuard();
          terminal.press('f2');
        }
        await terminal.see(/Password {2}/);
        // For a moment a busy machine may hold the controller up as well.
        await terminal.gone(GONE);
        terminal.press('C-u');
        terminal.type(PASSWORD);
        terminal.press('enter');
        await terminal.see('Terminal Info');
        terminal.press('escape');
        await terminal.see(MAIN);
      }
    },
    MINUTES * 60_000,
  );

  test(
    'the console killed, stopped and hung, with the password given: its session ends with it, nothing leaks',
    async () => {
      node = await TestNode.start({ password: PASSWORD });
      await (await opened()).end();
      let before = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const how = SIGNALS[round % SIGNALS.length] ?? 'SIGKILL';
        const terminal = await opened();
        terminal.press('f2');
        await terminal.see('Root password');
        terminal.type(PASSWORD);
        terminal.press('enter');
        // The one before has let go of the pen, or this would ask to take it over.
        const menu = await terminal.see('Terminal Info');
        if (how === 'SIGSTOP') {
          terminal.kill('SIGSTOP');
          terminal.disturb('\x1b[2J');
          await pause(50);
          terminal.kill('SIGCONT');
          await terminal.until(() => terminal.grid() === menu, undefined, 'the menu again');
          await terminal.end();
        } else {
          terminal.kill(how);
          await terminal.exited;
        }
        if (round === 1) before = descriptors(pidOf('controller'));
        await node.endConsoles();
      }
      await expect
        .poll(() => descriptors(pidOf('controller')), { timeout: 20_000 })
        .toBeLessThanOrEqual(before);
    },
    MINUTES * 60_000,
  );
});

describe('a machine that has run out', () => {
  const inside = (script: string) =>
    execFileSync('nsenter', [
      '-t',
      String(pidOf('controller')),
      '-m',
      'sh',
      '-c',
      script,
      'sh',
      node.places.data,
    ]);

  test('of disk: it is said, the password works, no change is made, and room brings all back', async () => {
    const machine = new URL('small-disk.sh', import.meta.url).pathname;
    node = await TestNode.start({ password: PASSWORD, machine });
    const terminal = await opened();
    const script = await connect(node.places.controllerSocket, {
      program: 'script',
      line: '-',
      version: '0',
    });
    const recorded = async () => {
      for (let ask = 0; ask < 50; ask++)
        await script.call(keepChange, { id: 'none' }).catch((thrown) => expect(thrown.kind).toBe('conflict'));
    };
    inside('dd if=/dev/zero of="$1/filler" bs=4k status=none 2>/dev/null || true');
    terminal.press('f2');
    await terminal.see('Root password');
    terminal.type(PASSWORD);
    terminal.press('enter');
    await terminal.see('Terminal Info');
    terminal.press('escape');
    await recorded();
    await terminal.see(/disk is full/);
    const change = { name: 'accounts.changeRootPassword' };
    await expect(script.call(change, { oldPassword: PASSWORD, newPassword: 'other' })).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'not done, because it could not be recorded: the disk is full',
    });
    expect(terminal.grid()).not.toContain(GONE);
    inside('rm "$1/filler"');
    await recorded();
    terminal.press('f2');
    await terminal.see('Root password');
    terminal.type(PASSWORD);
    terminal.press('enter');
    await terminal.see('Terminal Info');
    terminal.press('escape');
    await terminal.gone('disk is full');
    script.close();
  });

  test('of descriptors: the console that is there goes on, another says what it is, and both work afterwards', async () => {
    const machine = new URL('small-disk.sh', import.meta.url).pathname;
    node = await TestNode.start({ password: PASSWORD, machine });
    const first = await opened();
    const held = Array.from({ length: 60 }, () => createConnection(node.places.controllerSocket));
    for (const socket of held) socket.on('error', () => {});
    await pause(1000);
    const second = await opened();
    await second.see(/the controller does not answer|connecting to the controller/);
    const clock = first.grid().split('\n')[0];
    await first.until(() => first.grid().split('\n')[0] !== clock);
    await first.gone(GONE);
    for (const socket of held) socket.destroy();
    await second.until(
      () => !/does not answer|connecting/.test(second.grid()),
      30_000,
      'the second console joined',
    );
    expect(node.program('controller').exitCode).toBeNull();
  });
});

test('a controller that cannot start: main screen and menu say why, and what of the settings makes no sense', async () => {
  node = await TestNode.start({ password: PASSWORD, settings: 'idle_minutes = 240\n' });
  const terminal = await opened({ columns: 160, rows: 50 });
  await terminal.see('idle_minutes = 240 is not');
  await node.kill('controller');
  const data = node.places.data;
  renameSync(data, `${data}.aside`);
  writeFileSync(data, '');
  const { status } = spawnSync(process.execPath, [bundle('controller'), '--data', node.data]);
  expect(status).toBe(1);
  await terminal.see(`the controller does not answer (${node.data}`);
  terminal.press('f2');
  await terminal.see('Root password');
  terminal.type(PASSWORD);
  terminal.press('enter');
  await terminal.see('Restart the Controller');
  terminal.press('enter');
  const grid = await terminal.see('A change that was under way');
  expect(grid).toMatch(/data: /);
  expect(grid).toContain('idle_minutes = 240 is not');
  terminal.press('escape');
  rmSync(data);
  renameSync(`${data}.aside`, data);
  await node.startController();
  terminal.press('escape');
  await terminal.see(MAIN);
  await terminal.gone(GONE);
});

test('the wall clock set back and forth by hours: figures go on, the menu stays open, the password works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clock-'));
  const file = join(folder, 'offset');
  const clock = {
    FAKE_CLOCK: file,
    NODE_OPTIONS: `--require ${new URL('fake-clock.cjs', import.meta.url).pathname}`,
  };
  const before = { ...process.env };
  Object.assign(process.env, clock);
  try {
    node = await TestNode.start({ password: PASSWORD });
    const main = await opened({ env: clock });
    const menu = await opened({ env: clock });
    menu.press('f2');
    await menu.see('Root password');
    menu.type(PASSWORD);
    menu.press('enter');
    await menu.see('Terminal Info');
    for (const hours of [6, -6, 30, -30, 0]) {
      writeFileSync(file, String(hours * 3_600_000));
      const shown = () => {
        const [, date = '', time = ''] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(main.grid()) ?? [];
        return new Date(`${date}T${time}Z`).getTime() - Date.now();
      };
      await main.until(
        () => Math.abs(shown() - hours * 3_600_000) < 60_000,
        20_000,
        `the clock at ${hours} h`,
      );
      await pause(3000);
      await main.gone(GONE);
      expect(menu.grid()).toContain('Terminal Info');
    }
    menu.press('escape');
    await menu.see(MAIN);
    menu.press('f2');
    await menu.see('Root password');
    menu.type(PASSWORD);
    menu.press('enter');
    await menu.see('Terminal Info');
  } finally {
    for (const name of Object.keys(clock)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    rmSync(folder, { recursive: true });
  }
});
